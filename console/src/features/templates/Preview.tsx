import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { appQuery } from '@/api/apps'
import type { TemplateContent, TemplateContents, TemplatePreview } from '@/api/templates'
import { formatBytes, formatCount } from '@/lib/format'
import { CheckBox } from '@/ui/Field'
import { Stack } from '@/ui/Layout'
import {
  BubbleCard,
  HtmlPreview,
  HtmlPreviewWithPictures,
  InAppPreview,
  type InAppSlide,
  MailHead,
  PhoneCard,
  PlainPreview,
} from '@/ui/MessagePreview'
import { Text } from '@/ui/Text'

/** A part of the rendered message, by its name on the wire. */
function partOf(preview: TemplatePreview, name: string): string {
  return preview.Parts.find(({ Part }) => Part === name)?.Text ?? ''
}

/** The message as somebody would get it. */
export function Preview({
  app,
  preview,
  content,
}: {
  app: string
  preview: TemplatePreview
  content: TemplateContent
}) {
  const { t } = useTranslation('templates')
  const appName = useQuery(appQuery(app)).data?.Name ?? ''
  switch (preview.TemplateType) {
    case 'EMAIL':
      return <EmailPreview preview={preview} />
    case 'SMS':
      return <SmsPreview preview={preview} />
    case 'PUSH':
      return <PushPreview preview={preview} app={appName} content={content as TemplateContents['PUSH']} />
    case 'VOICE':
      return <PlainPreview label={t('spoken')} text={partOf(preview, 'Body')} />
    case 'INAPP':
      return <InAppContent content={content as TemplateContents['INAPP']} />
  }
}

const hasRemotePictures = (html: string) =>
  /(<(img|image|input|source)\b|url\(|\bbackground=)/i.test(html) && /https:\/\//i.test(html)

function EmailPreview({ preview }: { preview: TemplatePreview }) {
  const { t } = useTranslation('templates')
  const [showsPictures, setShowsPictures] = useState(false)
  const html = partOf(preview, 'HtmlPart')
  const text = partOf(preview, 'TextPart')
  return (
    <Stack gap="small">
      <MailHead lines={[[t('subject'), partOf(preview, 'Subject')]]} />
      {html &&
        (showsPictures ? (
          <HtmlPreviewWithPictures title={t('html')} html={html} />
        ) : (
          <HtmlPreview title={t('html')} html={html} />
        ))}
      {hasRemotePictures(html) && (
        <CheckBox
          label={t('remotePictures')}
          hint={t('remotePicturesHint')}
          checked={showsPictures}
          onChange={(event) => setShowsPictures(event.target.checked)}
        />
      )}
      {text && (
        <>
          <Text size="small" tone="soft">
            {t('text')}
          </Text>
          <PlainPreview label={t('text')} text={text} />
        </>
      )}
      {preview.EmailBytes !== undefined && (
        <Text size="small" tone="soft">
          {t('size', { size: formatBytes(preview.EmailBytes) })}
        </Text>
      )}
    </Stack>
  )
}

function SmsPreview({ preview }: { preview: TemplatePreview }) {
  const { t } = useTranslation('templates')
  return (
    <Stack gap="small">
      <BubbleCard text={partOf(preview, 'Body')} />
      {preview.Sms && (
        <Text tone={preview.Sms.Segments > 1 ? 'warn' : 'soft'} size="small">
          {t('segments', {
            count: preview.Sms.Segments,
            characters: formatCount(preview.Sms.Characters),
            perSegment: preview.Sms.CharactersPerSegment,
            encoding: t(`encodings.${preview.Sms.Encoding}`),
          })}
        </Text>
      )}
    </Stack>
  )
}

function PushPreview({
  preview,
  app,
  content,
}: {
  preview: TemplatePreview
  app: string
  content: TemplateContents['PUSH']
}) {
  const { t } = useTranslation('templates')
  const shown = preview.Messages.filter(({ ChannelType }) => ChannelType === 'APNS' || ChannelType === 'GCM')
  const textOf = (parts: TemplatePreview['Parts'], name: string) =>
    parts.find(({ Part }) => Part === name || Part.endsWith(`.${name}`))?.Text ?? ''
  const cards = shown.map(({ ChannelType, Parts }) => ({
    channel: ChannelType,
    title: textOf(Parts, 'Title'),
    body: textOf(Parts, 'Body'),
    image: ChannelType === 'APNS' ? content.APNS?.MediaUrl : content.GCM?.ImageUrl,
  }))
  const [first, second] = cards
  const areAlike =
    first &&
    second &&
    first.title === second.title &&
    first.body === second.body &&
    first.image === second.image
  return (
    <Stack>
      {(areAlike ? [first] : cards).map(({ channel, title, body, image }) => (
        <Stack key={channel} gap="small">
          {!areAlike && (
            <Text size="small" tone="soft">
              {t(`platforms.${channel}`)}
            </Text>
          )}
          <PhoneCard app={app} title={title} body={body} image={image || undefined} />
        </Stack>
      ))}
    </Stack>
  )
}

/** Nothing in an in-app message depends on who sees it: it is shown as it is written. */
function InAppContent({ content }: { content: TemplateContents['INAPP'] }) {
  const { t } = useTranslation('templates')
  const slides: InAppSlide[] = (content.Content ?? []).map((slide) => ({
    background: slide.BackgroundColor,
    image: slide.ImageUrl || undefined,
    header: slide.HeaderConfig && {
      text: slide.HeaderConfig.Header,
      colour: slide.HeaderConfig.TextColor,
      align: slide.HeaderConfig.Alignment,
    },
    body: slide.BodyConfig && {
      text: slide.BodyConfig.Body,
      colour: slide.BodyConfig.TextColor,
      align: slide.BodyConfig.Alignment,
    },
    buttons: [slide.PrimaryBtn, slide.SecondaryBtn].flatMap((button) =>
      button?.DefaultConfig?.Text
        ? [
            {
              text: button.DefaultConfig.Text,
              background: button.DefaultConfig.BackgroundColor,
              colour: button.DefaultConfig.TextColor,
              radius: button.DefaultConfig.BorderRadius,
            },
          ]
        : [],
    ),
  }))
  return <InAppPreview label={t('preview')} layout={content.Layout ?? 'BOTTOM_BANNER'} slides={slides} />
}
