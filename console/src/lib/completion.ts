/** What is being typed inside `{{…}}` at the caret: where its last word begins, and that word. */
export interface Completion {
  start: number
  word: string
}

export interface Suggestion {
  text: string
  detail?: string
}

const kShownMax = 8

/** The word to complete, or null when the caret is not inside an expression. */
export function completionAt(text: string, caret: number): Completion | null {
  const before = text.slice(0, caret)
  const open = before.lastIndexOf('{{')
  if (open < 0 || before.indexOf('}}', open) >= 0) return null
  const inside = before.slice(open + 2)
  if (inside.includes('\n') || ((inside.match(/"/g)?.length ?? 0) & 1) === 1) return null
  const word = /[^\s({#/>!=]*$/.exec(inside)?.[0] ?? ''
  return { start: caret - word.length, word }
}

/** The suggestions for a word: those that begin with it first, then those that hold it. */
export function suggestionsFor(word: string, all: readonly Suggestion[]): Suggestion[] {
  const wanted = word.toLowerCase()
  const rank = ({ text }: Suggestion) => {
    const at = text.toLowerCase().indexOf(wanted)
    return at < 0 ? 2 : Math.min(at, 1)
  }
  return all
    .filter((suggestion) => rank(suggestion) < 2 && suggestion.text !== word)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, kShownMax)
}

/** The text with the word replaced and the expression closed, and where the caret stands then. */
export function complete(
  text: string,
  caret: number,
  { start }: Completion,
  chosen: string,
): { text: string; caret: number } {
  const after = text.slice(caret)
  const isClosed = /^[^{]*?}}/.test(after.split('\n', 1)[0] ?? '')
  const head = text.slice(0, start) + chosen
  return isClosed
    ? { text: head + after, caret: head.length }
    : { text: `${head}}}${after}`, caret: head.length + 2 }
}
