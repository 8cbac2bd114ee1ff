import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type SegmentSummary, useCopySegment, useDeleteSegment, useSnapshotSegment } from '@/api/segments'
import { useMay } from '@/api/session'
import { Button } from '@/ui/Button'
import { ConfirmDialog, Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Menu } from '@/ui/Menu'
import { Text } from '@/ui/Text'
import { useToast } from '@/ui/Toast'

type Named = Pick<SegmentSummary, 'Id' | 'Name' | 'SegmentType'>

/** What can be done with one segment, from the list and from its page. */
export function SegmentActions({
  app,
  segment,
  onDeleted,
}: {
  app: string
  segment: Named
  onDeleted?: () => void
}) {
  const { t } = useTranslation('segments')
  const navigate = useNavigate()
  const remove = useDeleteSegment(app)
  const toast = useToast()
  const [asked, setAsked] = useState<'copy' | 'snapshot' | 'delete' | null>(null)
  const params = { app, segment: segment.Id }
  const may = useMay()
  const isDefined = segment.SegmentType === 'DIMENSIONAL'
  const items = [
    isDefined &&
      may('pinpoint.UpdateSegment') && {
        label: t('words:edit'),
        onSelect: () => void navigate({ to: '/apps/$app/segments/$segment/edit', params }),
      },
    isDefined &&
      may('pinpoint.CreateSegment') && { label: t('words:copy'), onSelect: () => setAsked('copy') },
    may('rapport.CreateSegmentSnapshot') && { label: t('snapshot'), onSelect: () => setAsked('snapshot') },
    may('pinpoint.DeleteSegment') && {
      label: t('words:delete'),
      isDangerous: true,
      onSelect: () => setAsked('delete'),
    },
  ].filter((item) => item !== false)
  if (items.length === 0) return null
  return (
    <>
      <Menu label={t('actionsOf', { name: segment.Name })} items={items}>
        <span aria-hidden="true">⋯</span>
      </Menu>
      {(asked === 'copy' || asked === 'snapshot') && (
        <NameDialog app={app} segment={segment} way={asked} onClose={() => setAsked(null)} />
      )}
      <ConfirmDialog
        title={t('deleteTitle', { name: segment.Name })}
        consequence={<Text>{t('deleteConsequence')}</Text>}
        confirmLabel={t('words:delete')}
        isOpen={asked === 'delete'}
        onClose={() => setAsked(null)}
        onConfirm={async () => {
          await remove.mutateAsync(segment.Id)
          toast(t('deleted', { name: segment.Name }))
          onDeleted?.()
        }}
      />
    </>
  )
}

function NameDialog({
  app,
  segment,
  way,
  onClose,
}: {
  app: string
  segment: Named
  way: 'copy' | 'snapshot'
  onClose: () => void
}) {
  const { t } = useTranslation('segments')
  const navigate = useNavigate()
  const copy = useCopySegment(app)
  const snapshot = useSnapshotSegment(app)
  const work = way === 'copy' ? copy : snapshot
  const [name, setName] = useState(t(`${way}Name`, { name: segment.Name }))
  return (
    <Dialog title={t(`${way}Title`, { name: segment.Name })} isOpen onClose={onClose}>
      <Form
        error={work.error}
        onSubmit={(event) => {
          event.preventDefault()
          work.mutate(
            { id: segment.Id, name },
            {
              onSuccess: (made) => {
                onClose()
                void navigate({ to: '/apps/$app/segments/$segment', params: { app, segment: made.Id } })
              },
            },
          )
        }}
        buttons={
          <>
            <Button onClick={onClose}>{t('words:cancel')}</Button>
            <Button look="primary" type="submit" isBusy={work.isPending} disabled={name.trim() === ''}>
              {t('words:create')}
            </Button>
          </>
        }
      >
        <Text tone="soft">{t(`${way}Hint`)}</Text>
        <TextField label={t('words:name')} value={name} onChange={(event) => setName(event.target.value)} />
      </Form>
    </Dialog>
  )
}
