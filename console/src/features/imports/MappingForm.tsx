import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type UploadPreview, uploadPreviewQuery, useImportUpload } from '@/api/imports'
import { formatCount } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { FieldRow } from '@/ui/Condition'
import { CheckBox, SelectField, TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Stack } from '@/ui/Layout'
import { Loaded } from '@/ui/Loaded'
import { Notice } from '@/ui/Notice'
import { Table } from '@/ui/Table'
import { Heading, Text } from '@/ui/Text'
import { doubled, type Free, kFreeKinds, kMembers, type Mapping, memberOf, targetOf } from './members'

interface MappingProps {
  app: string
  upload: string
  fileName: string
  onCancel: () => void
  onStarted: (job: string) => void
}

/** What the columns of an uploaded file are, guessed and to be changed, beside its first rows. */
export function MappingForm(props: MappingProps) {
  const { t } = useTranslation('imports')
  const preview = useQuery(uploadPreviewQuery(props.upload))
  return (
    <Card title={t('mapping.title', { name: props.fileName })} hint={t('mapping.hint')}>
      <Loaded query={preview}>{(data) => <Columns {...props} preview={data} />}</Loaded>
      {preview.error && <Button onClick={props.onCancel}>{t('another')}</Button>}
    </Card>
  )
}

const kChannels = ['EMAIL', 'SMS', 'PUSH', 'GCM', 'APNS', 'VOICE', 'IN_APP', 'CUSTOM']

function Columns({
  app,
  upload,
  fileName,
  preview,
  onCancel,
  onStarted,
}: MappingProps & { preview: UploadPreview }) {
  const { t } = useTranslation('imports')
  const start = useImportUpload(app)
  const [mappings, setMappings] = useState<Mapping[]>(() =>
    preview.Columns.map((column) => ({
      column: column.Name,
      target: targetOf(column.SuggestedMember),
    })),
  )
  const [channel, setChannel] = useState('')
  const [makesSegment, setMakesSegment] = useState(true)
  const [segmentName, setSegmentName] = useState(fileName.replace(/\.[^.]*$/, ''))
  const members = mappings.map(({ target }) => memberOf(target))
  const hasChannel = members.includes('ChannelType')
  const twice = doubled(mappings)
  const isJson = preview.Format === 'JSON'

  function submit() {
    start.mutate(
      {
        UploadId: upload,
        ...(isJson
          ? {}
          : {
              Columns: mappings.flatMap(({ column }, at) => {
                const Member = members[at]
                return Member === undefined ? [] : [{ Column: column, Member }]
              }),
            }),
        ...(!isJson && !hasChannel && channel ? { Constants: { ChannelType: channel } } : {}),
        RegisterEndpoints: true,
        DefineSegment: makesSegment,
        ...(makesSegment ? { SegmentName: segmentName.trim() } : {}),
      },
      { onSuccess: (job) => onStarted(job.ImportJobId) },
    )
  }

  return (
    <Form
      error={start.error}
      isChanged
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      buttons={
        <>
          <Button onClick={onCancel}>{t('words:cancel')}</Button>
          <Button
            type="submit"
            look="primary"
            isBusy={start.isPending}
            disabled={twice.length > 0 || (makesSegment && segmentName.trim() === '')}
          >
            {preview.EstimatedRowCount === undefined
              ? t('start')
              : t('startRows', { number: formatCount(preview.EstimatedRowCount) })}
          </Button>
        </>
      }
    >
      <Problems preview={preview} />
      {isJson ? (
        <Text tone="soft">{t('mapping.json')}</Text>
      ) : (
        <>
          <MappingTable preview={preview} mappings={mappings} onChange={setMappings} />
          {twice.length > 0 && <Notice tone="bad" title={t('mapping.twice', { names: twice.join(', ') })} />}
          {!hasChannel && (
            <FieldRow>
              <SelectField
                label={t('mapping.channel')}
                hint={t('mapping.channelHint')}
                value={channel}
                onChange={(event) => setChannel(event.target.value)}
                options={[['', '–'], ...kChannels.map((one) => [one, one] as const)]}
              />
            </FieldRow>
          )}
        </>
      )}
      <FirstRows preview={preview} />
      <CheckBox
        label={t('makeSegment')}
        hint={t('makeSegmentHint')}
        checked={makesSegment}
        onChange={(event) => setMakesSegment(event.target.checked)}
      />
      {makesSegment && (
        <TextField
          label={t('segmentName')}
          value={segmentName}
          onChange={(event) => setSegmentName(event.target.value)}
        />
      )}
    </Form>
  )
}

function Problems({ preview }: { preview: UploadPreview }) {
  const { t } = useTranslation('imports')
  if (preview.Problems.length === 0) return null
  return (
    <Notice tone="warn" title={t('problems')}>
      {preview.Problems.map((problem, at) => (
        <Text key={at}>
          {[
            problem.Line === undefined ? '' : t('line', { line: problem.Line }),
            problem.Column,
            problem.Message,
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      ))}
    </Notice>
  )
}

function MappingTable({
  preview,
  mappings,
  onChange,
}: {
  preview: UploadPreview
  mappings: readonly Mapping[]
  onChange: (mappings: Mapping[]) => void
}) {
  const { t } = useTranslation('imports')
  const change = (at: number, target: Mapping['target']) =>
    onChange(mappings.map((one, index) => (index === at ? { ...one, target } : one)))
  const rows = preview.Columns.map((column, at) => ({ column, at, mapping: mappings[at] as Mapping }))
  return (
    <Table
      label={t('mapping.columns')}
      items={rows}
      keyOf={(row) => String(row.at)}
      columns={[
        { key: 'column', title: t('mapping.column'), cell: ({ column }) => column.Name },
        {
          key: 'samples',
          title: t('mapping.samples'),
          cell: ({ column }) => `${t(`types.${column.Type}`)}: ${column.Samples.slice(0, 3).join(', ')}`,
        },
        {
          key: 'target',
          title: t('mapping.becomes'),
          cell: ({ column, at, mapping }) => (
            <TargetFields
              column={column.Name}
              target={mapping.target}
              onChange={(target) => change(at, target)}
            />
          ),
        },
      ]}
    />
  )
}

function TargetFields({
  column,
  target,
  onChange,
}: {
  column: string
  target: Mapping['target']
  onChange: (target: Mapping['target']) => void
}) {
  const { t } = useTranslation('imports')
  const isFree = kFreeKinds.includes(target.kind as Free)
  const isListed = target.kind === '' || isFree || (kMembers as readonly string[]).includes(target.kind)
  return (
    <FieldRow>
      <SelectField
        isLabelHidden
        label={t('mapping.becomesOf', { column })}
        value={target.kind}
        onChange={(event) => onChange({ kind: event.target.value, name: target.name || column })}
        options={[
          ['', t('mapping.leaveOut')],
          ...kFreeKinds.map((kind) => [kind, t(`free.${kind.replace('.', '')}`)] as const),
          ...kMembers.map((member) => [member, t(`members.${member.replace('.', '')}`)] as const),
          ...(isListed ? [] : [[target.kind, target.kind] as const]),
        ]}
      />
      {isFree && (
        <TextField
          isLabelHidden
          label={t('mapping.nameOf', { column })}
          value={target.name}
          onChange={(event) => onChange({ kind: target.kind, name: event.target.value })}
        />
      )}
    </FieldRow>
  )
}

function FirstRows({ preview }: { preview: UploadPreview }) {
  const { t } = useTranslation('imports')
  return (
    <Stack gap="small">
      <Heading level={3}>{t('firstRows')}</Heading>
      <Table<readonly string[]>
        label={t('firstRows')}
        items={preview.Rows}
        keyOf={(row) => row.join('\n')}
        columns={preview.Columns.map((column, at) => ({
          key: `${at} ${column.Name}`,
          title: column.Name,
          cell: (row) => row[at] ?? '',
        }))}
      />
    </Stack>
  )
}
