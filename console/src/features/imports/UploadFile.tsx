import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { uploadFile } from '@/api/uploads'
import { formatBytes, formatShare } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { DropZone } from '@/ui/DropZone'
import { Row, Stack } from '@/ui/Layout'
import { Progress } from '@/ui/Progress'
import { ErrorState } from '@/ui/States'

/** Takes a file and sends it, part by part. */
export function UploadFile({ onUploaded }: { onUploaded: (upload: string, fileName: string) => void }) {
  const { t } = useTranslation('imports')
  const [file, setFile] = useState<File | null>(null)
  const [share, setShare] = useState(0)
  const stop = useRef<AbortController | null>(null)
  const upload = useMutation({
    mutationFn: (chosen: File) => {
      stop.current = new AbortController()
      setFile(chosen)
      setShare(0)
      return uploadFile(chosen, setShare, stop.current.signal)
    },
    onSuccess: (done, chosen) => onUploaded(done.Id, chosen.name),
  })
  useEffect(() => () => stop.current?.abort(), [])
  const wasStopped = upload.error?.name === 'AbortError'

  if (upload.isPending && file) {
    return (
      <Card title={t('uploading', { name: file.name })}>
        <Progress label={formatBytes(file.size)} share={share} detail={formatShare(share, 0)} />
        <Row justify="end">
          <Button onClick={() => stop.current?.abort()}>{t('words:cancel')}</Button>
        </Row>
      </Card>
    )
  }
  return (
    <Stack gap="small">
      <DropZone
        label={t('drop')}
        hint={t('dropHint')}
        accept=".csv,.json,.jsonl,.ndjson,.gz,.txt"
        onFile={(chosen) => upload.mutate(chosen)}
      />
      {upload.error && !wasStopped && (
        <ErrorState error={upload.error} onRetry={() => file && upload.mutate(file)} />
      )}
    </Stack>
  )
}
