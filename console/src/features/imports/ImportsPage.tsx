import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '@/api/session'
import { Stack } from '@/ui/Layout'
import { Page } from '@/ui/Page'
import { JobList } from './JobList'
import { JobProgress } from './JobProgress'
import { MappingForm } from './MappingForm'
import { UploadFile } from './UploadFile'

export interface ImportsSearch {
  pages?: string[]
}

type Step = { at: 'file' } | { at: 'mapping'; upload: string; fileName: string } | { at: 'job'; job: string }

/** Brings people in from a file: upload it, say what its columns are, watch it arrive; and what was imported before. */
export function ImportsPage({
  app,
  search,
  onSearch,
}: {
  app: string
  search: ImportsSearch
  onSearch: (search: ImportsSearch) => void
}) {
  const { t } = useTranslation('imports')
  const may = useMay()
  const [step, setStep] = useState<Step>({ at: 'file' })
  const restart = () => setStep({ at: 'file' })
  return (
    <Page title={t('title')} hint={t('hint')}>
      <Stack gap="large">
        {may('rapport.ImportUpload') && (
          <>
            {step.at === 'file' && (
              <UploadFile onUploaded={(upload, fileName) => setStep({ at: 'mapping', upload, fileName })} />
            )}
            {step.at === 'mapping' && (
              <MappingForm
                app={app}
                upload={step.upload}
                fileName={step.fileName}
                onCancel={restart}
                onStarted={(job) => setStep({ at: 'job', job })}
              />
            )}
            {step.at === 'job' && <JobProgress app={app} job={step.job} onAnother={restart} />}
          </>
        )}
        <JobList app={app} search={search} onSearch={onSearch} />
      </Stack>
    </Page>
  )
}
