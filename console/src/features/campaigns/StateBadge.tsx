import { useTranslation } from 'react-i18next'
import type { CampaignStatus } from '@/api/campaigns'
import { Badge, type BadgeTone } from '@/ui/Badge'

const kTones: Record<CampaignStatus, BadgeTone> = {
  SCHEDULED: 'accent',
  EXECUTING: 'good',
  PENDING_NEXT_RUN: 'accent',
  COMPLETED: 'plain',
  PAUSED: 'warn',
  DELETED: 'bad',
  INVALID: 'bad',
}

export function StateBadge({ state }: { state: CampaignStatus }) {
  const { t } = useTranslation('campaigns')
  return <Badge tone={kTones[state]}>{t(`states.${state}`)}</Badge>
}
