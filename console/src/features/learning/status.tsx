import { useTranslation } from 'react-i18next'
import { Badge } from '@/ui/Badge'

/** The state of a Personalize resource, in words and a colour. */
export function StatusBadge({ status }: { status: string | undefined }) {
  const { t } = useTranslation('learning')
  if (!status) return null
  if (status === 'ACTIVE') return <Badge tone="good">{t('status.active')}</Badge>
  if (status.endsWith('FAILED')) return <Badge tone="bad">{t('status.failed')}</Badge>
  if (status.startsWith('DELETE')) return <Badge>{t('status.deleting')}</Badge>
  if (status.endsWith('STOPPED') || status.endsWith('STOPPING')) return <Badge>{t('status.stopped')}</Badge>
  return <Badge tone="accent">{t('status.working')}</Badge>
}
