import { classes } from './classes'

const kTones = { plain: 'text-ink', good: 'text-good', bad: 'text-bad', soft: 'text-ink-soft' }

/** Short texts, one a line. */
export function BulletList({
  items,
  tone = 'plain',
}: {
  items: readonly string[]
  tone?: keyof typeof kTones
}) {
  return (
    <ul className={classes('wrap-anywhere flex list-disc flex-col gap-1 pl-5', kTones[tone])}>
      {items.map((item, index) => (
        <li key={index}>{item}</li>
      ))}
    </ul>
  )
}
