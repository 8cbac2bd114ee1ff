import { lazy, Suspense, useState } from 'react'
import { kTriggerLook, type MenuProps, TriggerFace } from './menuTrigger'

const load = () => import('./MenuPopup')
const MenuPopup = lazy(load)

/** A button that opens a list of things to do. The list's code is loaded when one reaches for the button. */
export function Menu(props: MenuProps) {
  const [isWanted, setWanted] = useState(false)
  const button = (
    <button
      type="button"
      aria-label={props.label}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
      className={kTriggerLook}
    >
      <TriggerFace hasCaret={props.hasCaret}>{props.children}</TriggerFace>
    </button>
  )
  return isWanted ? (
    <Suspense fallback={button}>
      <MenuPopup {...props} />
    </Suspense>
  ) : (
    button
  )
}
