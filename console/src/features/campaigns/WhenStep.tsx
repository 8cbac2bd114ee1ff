import { useTranslation } from 'react-i18next'
import { CheckBox, Choice, SelectField, TextField } from '@/ui/Field'
import { Row } from '@/ui/Layout'
import type { StepProps } from './CampaignFlow'
import { EventFields } from './EventFields'
import { type Every, kZones, type ScheduleForm, type ScheduleKind } from './form'
import { isByEvent } from './scheduleWire'

const kKinds: readonly ScheduleKind[] = ['now', 'once', 'recurring', 'event', 'inapp']
const kEvery: readonly Every[] = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY']

/** Now, at a time, again and again, or when somebody does something. The time zone is always said. */
export function WhenStep(props: StepProps) {
  const { form, onChange, errorOf } = props
  const { t } = useTranslation('campaigns')
  const { schedule } = form
  const set = (change: Partial<ScheduleForm>) => onChange({ schedule: { ...schedule, ...change } })
  const isTimed = schedule.kind === 'once' || schedule.kind === 'recurring'
  return (
    <>
      <Choice
        label={t('startsLabel')}
        value={schedule.kind}
        onChange={(kind) => set({ kind })}
        options={kKinds.map((kind) => ({
          value: kind,
          label: t(`starts.${kind}`),
          hint: t(`startHints.${kind}`),
        }))}
      />
      {isByEvent(schedule.kind) && <EventFields {...props} set={set} />}
      {schedule.kind !== 'now' && (
        <Row gap="medium" align="start">
          <TextField
            label={t('start')}
            type="datetime-local"
            isOptional={isByEvent(schedule.kind)}
            value={schedule.start}
            error={errorOf('start')}
            onChange={(event) => set({ start: event.target.value })}
          />
          {schedule.kind === 'recurring' && (
            <SelectField
              label={t('every')}
              value={schedule.every}
              onChange={(event) => set({ every: event.target.value as Every })}
              options={kEvery.map((one) => [one, t(`frequencies.${one}`)])}
            />
          )}
          {schedule.kind !== 'once' && (
            <TextField
              label={t('end')}
              type="datetime-local"
              isOptional
              value={schedule.end}
              error={errorOf('end')}
              onChange={(event) => set({ end: event.target.value })}
            />
          )}
          <SelectField
            label={t('zone')}
            value={schedule.zone}
            onChange={(event) => set({ zone: event.target.value })}
            options={[...new Set([...kZones, schedule.zone])].map((zone) => [zone, zone])}
          />
        </Row>
      )}
      {isTimed && (
        <CheckBox
          label={t('localTime')}
          hint={t('localTimeHint')}
          checked={schedule.isLocalTime}
          onChange={(event) => set({ isLocalTime: event.target.checked })}
        />
      )}
      <CheckBox
        label={t('quietTime')}
        hint={t('quietTimeHint')}
        checked={schedule.hasQuietTime}
        onChange={(event) => set({ hasQuietTime: event.target.checked })}
      />
      {schedule.hasQuietTime && (
        <Row gap="medium" align="start">
          <TextField
            label={t('quietFrom')}
            type="time"
            value={schedule.quietStart}
            error={errorOf('quiet')}
            onChange={(event) => set({ quietStart: event.target.value })}
          />
          <TextField
            label={t('quietTo')}
            type="time"
            value={schedule.quietEnd}
            onChange={(event) => set({ quietEnd: event.target.value })}
          />
        </Row>
      )}
    </>
  )
}
