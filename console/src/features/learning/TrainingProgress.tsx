import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { trainingProgressQuery } from '@/api/models'
import { formatShare } from '@/lib/format'
import { Progress } from '@/ui/Progress'

/** What the training of a version is doing and how far that is. */
export function TrainingProgress({ arn }: { arn: string }) {
  const { t } = useTranslation('learning')
  const { Stage: stage, Share: share } = useQuery(trainingProgressQuery(arn)).data ?? {}
  const doing = stage && t(`stage.${stage}`, { defaultValue: stage })
  return (
    <Progress
      label={doing ? `${t('models.training')}: ${doing}` : t('models.training')}
      share={share}
      detail={share === undefined ? undefined : formatShare(share, 0)}
    />
  )
}
