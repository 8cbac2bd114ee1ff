import { useTranslation } from 'react-i18next'
import type { TemplateContents } from '@/api/templates'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { SelectField, TextArea, TextField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { newSlide } from './content'
import type { FieldsProps } from './TemplateFields'

type InApp = TemplateContents['INAPP']
type Slide = NonNullable<InApp['Content']>[number]
type ButtonMember = 'PrimaryBtn' | 'SecondaryBtn'

const kLayouts = [
  'BOTTOM_BANNER',
  'MIDDLE_BANNER',
  'TOP_BANNER',
  'OVERLAYS',
  'MOBILE_FEED',
  'CAROUSEL',
] as const
const kAlignments = ['LEFT', 'CENTER', 'RIGHT'] as const
const kSlidesMax = 5

export function InAppFields({ content, onChange }: FieldsProps<'INAPP'>) {
  const { t } = useTranslation('templates')
  const slides = content.Content ?? []
  const layout = content.Layout ?? 'BOTTOM_BANNER'
  const setSlides = (Content: Slide[]) => onChange({ ...content, Content })
  return (
    <Stack>
      <SelectField
        label={t('layout')}
        value={layout}
        hint={t(`layoutHints.${layout}`)}
        onChange={(event) => onChange({ ...content, Layout: event.target.value as InApp['Layout'] })}
        options={kLayouts.map((one) => [one, t(`layouts.${one}`)])}
      />
      {slides.map((slide, index) => (
        <Card
          key={index}
          title={layout === 'CAROUSEL' ? t('slide', { number: index + 1 }) : t('content')}
          actions={
            slides.length > 1 && (
              <Button look="quiet" onClick={() => setSlides(slides.filter((_, at) => at !== index))}>
                {t('removeSlide', { number: index + 1 })}
              </Button>
            )
          }
        >
          <SlideFields
            slide={slide}
            onChange={(next) => setSlides(slides.map((one, at) => (at === index ? next : one)))}
          />
        </Card>
      ))}
      {layout === 'CAROUSEL' && slides.length < kSlidesMax && (
        <Row>
          <Button onClick={() => setSlides([...slides, newSlide()])}>{t('addSlide')}</Button>
        </Row>
      )}
    </Stack>
  )
}

function SlideFields({ slide, onChange }: { slide: Slide; onChange: (slide: Slide) => void }) {
  const { t } = useTranslation('templates')
  const header = slide.HeaderConfig ?? { Alignment: 'LEFT', Header: '', TextColor: '#111111' }
  const body = slide.BodyConfig ?? { Alignment: 'LEFT', Body: '', TextColor: '#333333' }
  const setHeader = (change: Partial<typeof header>) =>
    onChange({ ...slide, HeaderConfig: { ...header, ...change } })
  const setBody = (change: Partial<typeof body>) => onChange({ ...slide, BodyConfig: { ...body, ...change } })
  return (
    <Stack>
      <TextField
        label={t('header')}
        value={header.Header}
        onChange={(event) => setHeader({ Header: event.target.value })}
      />
      <Row gap="medium" align="start">
        <AlignField
          label={t('headerAlign')}
          value={header.Alignment}
          onChange={(Alignment) => setHeader({ Alignment })}
        />
        <TextField
          label={t('headerColour')}
          type="color"
          value={header.TextColor}
          onChange={(event) => setHeader({ TextColor: event.target.value })}
        />
      </Row>
      <TextArea
        label={t('body')}
        value={body.Body}
        onChange={(event) => setBody({ Body: event.target.value })}
      />
      <Row gap="medium" align="start">
        <AlignField
          label={t('bodyAlign')}
          value={body.Alignment}
          onChange={(Alignment) => setBody({ Alignment })}
        />
        <TextField
          label={t('bodyColour')}
          type="color"
          value={body.TextColor}
          onChange={(event) => setBody({ TextColor: event.target.value })}
        />
        <TextField
          label={t('background')}
          type="color"
          value={slide.BackgroundColor ?? '#FFFFFF'}
          onChange={(event) => onChange({ ...slide, BackgroundColor: event.target.value })}
        />
      </Row>
      <TextField
        label={t('image')}
        isOptional
        type="url"
        value={slide.ImageUrl ?? ''}
        onChange={(event) => onChange({ ...slide, ImageUrl: event.target.value })}
      />
      <ButtonFields member="PrimaryBtn" slide={slide} onChange={onChange} />
      <ButtonFields member="SecondaryBtn" slide={slide} onChange={onChange} />
    </Stack>
  )
}

function AlignField({
  label,
  value,
  onChange,
}: {
  label: string
  value: (typeof kAlignments)[number]
  onChange: (value: (typeof kAlignments)[number]) => void
}) {
  const { t } = useTranslation('templates')
  return (
    <SelectField
      label={label}
      value={value}
      onChange={(event) => onChange(event.target.value as (typeof kAlignments)[number])}
      options={kAlignments.map((one) => [one, t(`alignments.${one}`)])}
    />
  )
}

function ButtonFields({
  member,
  slide,
  onChange,
}: {
  member: ButtonMember
  slide: Slide
  onChange: (slide: Slide) => void
}) {
  const { t } = useTranslation('templates')
  const config = slide[member]?.DefaultConfig ?? { ButtonAction: 'CLOSE' as const, Text: '' }
  const set = (change: Partial<typeof config>) =>
    onChange({ ...slide, [member]: { ...slide[member], DefaultConfig: { ...config, ...change } } })
  return (
    <Row gap="medium" align="start">
      <TextField
        label={t(`buttons.${member}`)}
        isOptional
        value={config.Text}
        onChange={(event) => set({ Text: event.target.value })}
      />
      {config.Text !== '' && (
        <>
          <SelectField
            label={t('onTap')}
            value={config.ButtonAction}
            onChange={(event) => set({ ButtonAction: event.target.value as typeof config.ButtonAction })}
            options={(['CLOSE', 'LINK', 'DEEP_LINK'] as const).map((one) => [one, t(`actions.${one}`)])}
          />
          {config.ButtonAction !== 'CLOSE' && (
            <TextField
              label={t('url')}
              value={config.Link ?? ''}
              onChange={(event) => set({ Link: event.target.value })}
            />
          )}
        </>
      )}
    </Row>
  )
}
