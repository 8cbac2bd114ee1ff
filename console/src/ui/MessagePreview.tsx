import { type ReactNode, useEffect, useRef } from 'react'
import { classes } from './classes'

/** The HTML of a message as a mail program shows it: no script of it runs, nothing of the page is in its reach. */
export function HtmlPreview({ title, html }: { title: string; html: string }) {
  return (
    <iframe
      title={title}
      srcDoc={html}
      sandbox=""
      referrerPolicy="no-referrer"
      className="h-112 w-full rounded-md border border-line bg-white"
    />
  )
}

/** The same with the pictures that its HTML names on other servers: a page whose policy allows them, and nothing else. */
export function HtmlPreviewWithPictures({ title, html }: { title: string; html: string }) {
  const frame = useRef<HTMLIFrameElement>(null)
  useEffect(() => {
    // The frame has an origin of its own, which has no name to post to.
    const hand = () => frame.current?.contentWindow?.postMessage(html, '*')
    const onMessage = ({ source }: MessageEvent) => {
      if (source === frame.current?.contentWindow) hand()
    }
    hand()
    addEventListener('message', onMessage)
    return () => removeEventListener('message', onMessage)
  }, [html])
  return (
    <iframe
      ref={frame}
      title={title}
      src="/mail-frame.html"
      sandbox="allow-scripts"
      referrerPolicy="no-referrer"
      className="h-112 w-full rounded-md border border-line bg-white"
    />
  )
}

/** Plain text as it stands, blanks and lines kept. */
export function PlainPreview({ label, text }: { label: string; text: string }) {
  return (
    <section
      aria-label={label}
      tabIndex={0}
      className="wrap-anywhere max-h-96 overflow-auto whitespace-pre-wrap rounded-md border border-line bg-surface p-3"
    >
      {text}
    </section>
  )
}

/** A notification as it stands on the screen of a phone. */
export function PhoneCard({
  app,
  title,
  body,
  image,
}: {
  app: string
  title: string
  body: string
  image?: string
}) {
  return (
    <div className="mx-auto w-full max-w-80 rounded-[2rem] border-8 border-ink bg-sunken px-3 pt-8 pb-16">
      <div className="flex flex-col gap-1 rounded-xl bg-surface p-3 shadow">
        <p className="flex items-center gap-1.5 text-ink-soft text-xs">
          <img src="/icon.svg" alt="" className="size-4" />
          {app}
        </p>
        <p className="wrap-anywhere font-semibold">{title}</p>
        <p className="wrap-anywhere line-clamp-4">{body}</p>
        {image && <img src={image} alt="" className="mt-1 max-h-40 w-full rounded-md object-cover" />}
      </div>
    </div>
  )
}

/** A text message as a bubble. */
export function BubbleCard({ text }: { text: string }) {
  return (
    <div className="mx-auto w-full max-w-80 rounded-[2rem] border-8 border-ink bg-sunken px-3 pt-8 pb-16">
      <p className="wrap-anywhere mr-8 whitespace-pre-wrap rounded-2xl rounded-bl-sm bg-surface px-3 py-2 shadow">
        {text}
      </p>
    </div>
  )
}

export type InAppLayout =
  | 'BOTTOM_BANNER'
  | 'TOP_BANNER'
  | 'OVERLAYS'
  | 'MOBILE_FEED'
  | 'MIDDLE_BANNER'
  | 'CAROUSEL'

export interface InAppSlide {
  background?: string
  image?: string
  header?: { text: string; colour?: string; align?: string }
  body?: { text: string; colour?: string; align?: string }
  buttons: readonly { text: string; background?: string; colour?: string; radius?: number }[]
}

const kPlaces: Record<InAppLayout, string> = {
  TOP_BANNER: 'justify-start',
  MIDDLE_BANNER: 'justify-center',
  BOTTOM_BANNER: 'justify-end',
  OVERLAYS: '*:flex-1',
  MOBILE_FEED: 'justify-start',
  CAROUSEL: 'justify-center',
}
const kAligns: Record<string, string> = { LEFT: 'text-left', CENTER: 'text-center', RIGHT: 'text-right' }

function Slide({ slide }: { slide: InAppSlide }) {
  return (
    <div
      className="flex w-full shrink-0 flex-col justify-center gap-2 rounded-lg bg-white p-3 text-black shadow"
      style={{ background: slide.background }}
    >
      {slide.image && <img src={slide.image} alt="" className="max-h-40 w-full rounded object-cover" />}
      {slide.header?.text && (
        <p
          className={classes('wrap-anywhere font-semibold', kAligns[slide.header.align ?? 'LEFT'])}
          style={{ color: slide.header.colour }}
        >
          {slide.header.text}
        </p>
      )}
      {slide.body?.text && (
        <p
          className={classes('wrap-anywhere text-sm', kAligns[slide.body.align ?? 'LEFT'])}
          style={{ color: slide.body.colour }}
        >
          {slide.body.text}
        </p>
      )}
      {slide.buttons.length > 0 && (
        <div className="flex gap-2">
          {slide.buttons.map((button, index) => (
            <span
              key={index}
              className="flex-1 bg-black px-2 py-1.5 text-center text-sm text-white"
              style={{
                background: button.background,
                color: button.colour,
                borderRadius: `${button.radius ?? 6}px`,
              }}
            >
              {button.text}
            </span>
          ))}
        </div>
      )}
    </div>
  )
}

/** An in-app message in its place on a phone. Slides of a carousel stand side by side. */
export function InAppPreview({
  label,
  layout,
  slides,
}: {
  label: string
  layout: InAppLayout
  slides: readonly InAppSlide[]
}) {
  return (
    <section
      aria-label={label}
      tabIndex={0}
      className={classes(
        'mx-auto flex h-136 w-full max-w-80 overflow-auto rounded-[2rem] border-8 border-ink bg-sunken p-3 pt-6',
        layout === 'CAROUSEL' ? 'flex-row items-center gap-3' : classes('flex-col gap-3', kPlaces[layout]),
      )}
    >
      {slides.map((slide, index) => (
        <Slide key={index} slide={slide} />
      ))}
    </section>
  )
}

/** What stands at the top of a mail: from whom, about what. */
export function MailHead({ lines }: { lines: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="flex flex-col gap-0.5 rounded-md border border-line bg-surface p-3">
      {lines.map(([name, value]) => (
        <div key={name} className="flex gap-2">
          <dt className="shrink-0 text-ink-soft">{name}</dt>
          <dd className="wrap-anywhere font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
