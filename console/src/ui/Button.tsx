import { createLink, type LinkComponent } from '@tanstack/react-router'
import { type AnchorHTMLAttributes, type ButtonHTMLAttributes, forwardRef, type Ref } from 'react'
import { classes } from './classes'

const kLooks = {
  primary: 'bg-accent text-accent-ink hover:brightness-95',
  secondary: 'border border-line-strong bg-surface text-ink hover:bg-sunken',
  quiet: 'text-ink hover:bg-sunken',
  danger: 'border border-bad bg-surface text-bad hover:bg-bad-soft',
}
type ButtonLook = keyof typeof kLooks

const kShape =
  'inline-flex min-h-9 items-center justify-center gap-2 rounded-md px-3 py-1.5 font-medium whitespace-nowrap ' +
  'disabled:cursor-not-allowed disabled:opacity-60 cursor-pointer'

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'style'> {
  look?: ButtonLook
  /** Shows that what it does is under way and takes no second press. */
  isBusy?: boolean
}

export const Button = forwardRef(function Button(
  { look = 'secondary', isBusy = false, type = 'button', disabled, children, ...rest }: ButtonProps,
  ref: Ref<HTMLButtonElement>,
) {
  return (
    <button
      {...rest}
      ref={ref}
      type={type}
      disabled={disabled || isBusy}
      aria-busy={isBusy || undefined}
      className={classes(kShape, kLooks[look])}
    >
      {isBusy && (
        <span
          aria-hidden="true"
          className="size-4 animate-spin rounded-full border-2 border-current border-t-transparent"
        />
      )}
      {children}
    </button>
  )
})

interface AnchorProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'className' | 'style'> {
  look?: ButtonLook | 'text'
}

const Anchor = forwardRef(function Anchor(
  { look = 'text', ...rest }: AnchorProps,
  ref: Ref<HTMLAnchorElement>,
) {
  const shape =
    look === 'text'
      ? 'rounded-sm text-accent underline decoration-1 underline-offset-3 hover:decoration-2'
      : classes(kShape, kLooks[look])
  return <a {...rest} ref={ref} className={shape} />
})

const CreatedLink = createLink(Anchor)

/** A link to a page of the console, as text or looking like a button. */
export const Link: LinkComponent<typeof Anchor> = (props) => <CreatedLink {...props} />

/** A link to somewhere else: a file, another tab. */
export function OutsideLink(props: AnchorProps) {
  return <Anchor {...props} />
}

const NavigationAnchor = forwardRef(function NavigationAnchor(
  props: Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'className'>,
  ref: Ref<HTMLAnchorElement>,
) {
  return (
    <a
      {...props}
      ref={ref}
      className="rounded-md px-3 py-1.5 whitespace-nowrap hover:bg-sunken aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold"
    />
  )
})
const CreatedNavigationLink = createLink(NavigationAnchor)

/** A link of the navigation; the one of the page that is shown stands out. */
export const NavigationLink: LinkComponent<typeof NavigationAnchor> = (props) => (
  <CreatedNavigationLink {...props} />
)
