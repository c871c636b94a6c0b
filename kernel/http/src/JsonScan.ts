import { fieldName } from "./FieldName.ts"

/** How deep arrays and objects may lie inside each other in a body. */
export const JSON_DEPTH_MAX = 32

/** What a body must not have, although JSON.parse would take it. */
export type JsonFault =
  | { readonly kind: "TooDeep" }
  | { readonly kind: "Field"; readonly field: string; readonly message: string }

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** From here on the keys of an object are looked up in a set instead of one by one. */
const KEYS_COMPARED_MAX = 16

/** An array or object that the scan is inside of, and the member of it that the scan is at. */
class Container {
  index = 0
  readonly keys: Array<string> | undefined
  private known: Set<string> | undefined

  constructor(isObject: boolean) {
    this.keys = isObject ? [] : undefined
  }

  /** Goes on to the member with this key; false if there was one already. */
  enter(keys: Array<string>, key: string): boolean {
    let isNew: boolean
    if (keys.length < KEYS_COMPARED_MAX) {
      isNew = !keys.includes(key)
    } else {
      this.known ??= new Set(keys)
      isNew = !this.known.has(key)
      this.known.add(key)
    }
    keys.push(key)
    return isNew
  }
}

/**
 * Looks through the text of a JSON body once, before it is parsed, for what no operation accepts: nesting deeper than
 * JSON_DEPTH_MAX, a key that an object has twice (readers disagree on which one counts), and strings that the database
 * cannot store (NUL and lone surrogates). It is no parser: of text that is not JSON it says nothing.
 *
 * `hasEscapes` tells whether the text has a backslash. The caller finds that out in the bytes: computed here with
 * `text.includes`, the optimizing compiler moves the search into the loop, and a large body takes 70 times as long.
 */
export const scanJson = (text: string, hasEscapes: boolean): JsonFault | undefined => {
  const open: Array<Container> = []
  let inside: Container | undefined
  let keyIsNext = false
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        if (open.length === JSON_DEPTH_MAX) return { kind: "TooDeep" }
        keyIsNext = text.charCodeAt(at) === OPEN_OBJECT
        inside = new Container(keyIsNext)
        open.push(inside)
        break
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop()
        inside = open[open.length - 1]
        keyIsNext = false
        break
      case COMMA:
        if (inside?.keys !== undefined) keyIsNext = true
        else if (inside !== undefined) inside.index += 1
        break
      case QUOTE: {
        const end = endOfString(text, at, hasEscapes)
        if (end === -1) return undefined
        const value = hasEscapes ? unescaped(text.slice(at, end + 1)) : text.slice(at + 1, end)
        if (value === undefined) return undefined
        if (keyIsNext && inside?.keys !== undefined && !inside.enter(inside.keys, value)) {
          return { kind: "Field", field: nameOf(open), message: "is given more than once" }
        }
        if (hasEscapes && !isStorable(value)) {
          return { kind: "Field", field: nameOf(open), message: "must not have NUL characters or lone surrogates" }
        }
        keyIsNext = false
        at = end
      }
    }
  }
  return undefined
}

/** The first thing in a JSON text that no operation accepts, as what is wrong with a field; none if there is nothing. */
export const fieldErrorIn = (json: string): { readonly field: string; readonly message: string } | undefined => {
  const fault = scanJson(json, json.includes("\\"))
  if (fault?.kind !== "TooDeep") return fault
  return { field: "body", message: `must not lie more than ${JSON_DEPTH_MAX} levels deep` }
}

/** The index of the quote that ends the string which starts at `start`; -1 if there is none. */
const endOfString = (text: string, start: number, hasEscapes: boolean): number => {
  let end = text.indexOf('"', start + 1)
  while (hasEscapes && end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

const isEscaped = (text: string, at: number): boolean => {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1
  return backslashes % 2 === 1
}

/** The value of a JSON string, quotes included; undefined if it is not one. */
const unescaped = (quoted: string): string | undefined => {
  if (!quoted.includes("\\")) return quoted.slice(1, -1)
  try {
    const value: unknown = JSON.parse(quoted)
    return typeof value === "string" ? value : undefined
  } catch {
    return undefined
  }
}

/** Whether PostgreSQL can store a text. */
export const isStorable = (value: string): boolean => value.isWellFormed() && !value.includes("\u0000")

const nameOf = (open: ReadonlyArray<Container>): string =>
  fieldName(
    "body",
    open.map(({ keys, index }) => (keys === undefined ? index : (keys.at(-1) ?? "")))
  )
