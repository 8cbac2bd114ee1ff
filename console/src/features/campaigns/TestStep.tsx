import { useTranslation } from 'react-i18next'
import { formatShare } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { TextField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { Notice } from '@/ui/Notice'
import { Text } from '@/ui/Text'
import type { StepProps } from './CampaignFlow'
import { emptyTreatment, firstSize, kTreatmentsMax, type TreatmentForm } from './form'
import { treatmentName } from './WhatStep'

const kHoldoutSuggested = 10

/** Who gets nothing, so that the effect can be told; and which other messages are tried beside the first. */
export function TestStep({ form, onChange, errorOf }: StepProps) {
  const { t } = useTranslation('campaigns')
  const put = (number: number, change: Partial<TreatmentForm>) =>
    onChange({
      treatments: form.treatments.map((one, at) => (at === number ? { ...one, ...change } : one)),
    })
  const isTest = form.treatments.length > 1
  const first = firstSize(form)
  return (
    <>
      <Row gap="medium" align="end">
        <TextField
          label={t('holdout')}
          hint={t('holdoutHint')}
          type="number"
          min={0}
          max={100}
          value={String(form.holdout)}
          error={errorOf('holdout')}
          onChange={(event) => onChange({ holdout: Number(event.target.value) })}
        />
        {form.holdout === 0 && (
          <Button onClick={() => onChange({ holdout: kHoldoutSuggested })}>
            {t('suggestHoldout', { percent: kHoldoutSuggested })}
          </Button>
        )}
      </Row>
      {form.treatments.map((treatment, number) => (
        <Card
          key={number}
          title={treatmentName(t, treatment, number)}
          actions={
            number > 0 && (
              <Button
                look="quiet"
                onClick={() => onChange({ treatments: form.treatments.filter((_, at) => at !== number) })}
              >
                {t('removeTreatment', { name: treatmentName(t, treatment, number) })}
              </Button>
            )
          }
        >
          <Row gap="medium" align="start">
            <TextField
              label={t('treatmentName')}
              isOptional
              value={treatment.name}
              onChange={(event) => put(number, { name: event.target.value })}
            />
            {number > 0 ? (
              <TextField
                label={t('share')}
                type="number"
                min={1}
                max={100}
                value={String(treatment.size)}
                error={errorOf(`${number}.size`)}
                onChange={(event) => put(number, { size: Number(event.target.value) })}
              />
            ) : (
              <Stack gap="none">
                <Text size="small">{t('share')}</Text>
                <Text strong>{formatShare(Math.max(0, first) / 100, 0)}</Text>
              </Stack>
            )}
          </Row>
        </Card>
      ))}
      {errorOf('sizes') && <Notice tone="bad">{errorOf('sizes')}</Notice>}
      {form.treatments.length < kTreatmentsMax && (
        <Row>
          <Button
            onClick={() =>
              onChange({
                treatments: [
                  ...form.treatments,
                  {
                    ...emptyTreatment(),
                    messages: structuredClone(form.treatments[0]?.messages ?? emptyTreatment().messages),
                    size: Math.max(1, Math.floor(first / 2)),
                  },
                ],
              })
            }
          >
            {isTest ? t('addTreatment') : t('startTest')}
          </Button>
        </Row>
      )}
      {isTest && <Text tone="soft">{t('writeTreatments')}</Text>}
    </>
  )
}
