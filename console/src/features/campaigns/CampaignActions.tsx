import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Campaign, useDeleteCampaign, useUpdateCampaign } from '@/api/campaigns'
import { useMay } from '@/api/session'
import { Button, Link } from '@/ui/Button'
import { ConfirmDialog } from '@/ui/Dialog'
import { Text } from '@/ui/Text'
import { useToast } from '@/ui/Toast'
import { clockAt } from './scheduleWire'

/** Pause, resume, stop, copy, change, delete: each where it makes sense. */
export function CampaignActions({ app, stored }: { app: string; stored: Campaign }) {
  const { t } = useTranslation('campaigns')
  const navigate = useNavigate()
  const toast = useToast()
  const may = useMay()
  const [asked, setAsked] = useState<'pause' | 'stop' | 'delete' | null>(null)
  const update = useUpdateCampaign(app, stored.Id)
  const remove = useDeleteCampaign(app)
  const status = stored.State?.CampaignStatus
  const schedule = stored.Schedule
  const isOver = status === 'COMPLETED' || status === 'DELETED' || status === 'INVALID'
  const mayUpdate = may('pinpoint.UpdateCampaign') && !isOver
  const mayPause = mayUpdate && !stored.IsPaused && schedule?.StartTime !== 'IMMEDIATE'
  const mayStop = mayUpdate && schedule !== undefined && schedule.Frequency !== 'ONCE' && hasBegun(schedule)
  const params = { app, campaign: stored.Id }

  const deeds = {
    pause: () => update.mutateAsync({ IsPaused: true }),
    stop: () =>
      update.mutateAsync({
        Schedule: { ...schedule, StartTime: schedule?.StartTime ?? 'IMMEDIATE', EndTime: nowIn(schedule) },
      }),
    delete: async () => {
      await remove.mutateAsync(stored.Id)
      await navigate({ to: '/apps/$app/campaigns', params: { app } })
    },
  }
  const resume = () => update.mutate({ IsPaused: false }, { onSuccess: () => toast(t('resumed')) })
  return (
    <>
      {stored.IsPaused && mayUpdate && (
        <Button look="primary" isBusy={update.isPending} onClick={resume}>
          {t('resume')}
        </Button>
      )}
      {mayPause && <Button onClick={() => setAsked('pause')}>{t('pause')}</Button>}
      {mayStop && <Button onClick={() => setAsked('stop')}>{t('stop')}</Button>}
      {mayUpdate && (
        <Link look="secondary" to="/apps/$app/campaigns/$campaign/edit" params={params}>
          {t('words:edit')}
        </Link>
      )}
      {may('pinpoint.CreateCampaign') && (
        <Link look="secondary" to="/apps/$app/campaigns/new" params={{ app }} search={{ copy: stored.Id }}>
          {t('words:copy')}
        </Link>
      )}
      {may('pinpoint.DeleteCampaign') && (
        <Button look="danger" onClick={() => setAsked('delete')}>
          {t('words:delete')}
        </Button>
      )}
      {asked && (
        <ConfirmDialog
          title={t(`confirm.${asked}.title`, { name: stored.Name })}
          consequence={<Text>{t(`confirm.${asked}.consequence`)}</Text>}
          confirmLabel={asked === 'delete' ? t('words:delete') : t(asked)}
          isOpen
          onClose={() => setAsked(null)}
          onConfirm={deeds[asked]}
        />
      )}
    </>
  )
}

type Schedule = NonNullable<Campaign['Schedule']>

/** What a clock in the schedule's zone shows now, as the wire writes it. */
function nowIn(schedule: Schedule | undefined): string {
  return `${clockAt(new Date(), schedule?.Timezone || 'UTC')}:00`
}

function hasBegun(schedule: Schedule): boolean {
  if (schedule.StartTime === 'IMMEDIATE') return true
  if (/(Z|[+-]\d{2}:?\d{2})$/.test(schedule.StartTime)) return new Date(schedule.StartTime) < new Date()
  return schedule.StartTime.slice(0, 16) < nowIn(schedule).slice(0, 16)
}
