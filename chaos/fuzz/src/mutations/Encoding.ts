import { gzipSync } from "node:zlib"
import { type Mutation, mutation } from "./Mutation.ts"

const inBytes = (
  name: string,
  encode: (text: string, dice: (count: number) => number) => Buffer,
  why: string | undefined
) =>
  mutation(name, (draft, dice) => {
    if (draft.body === undefined || Buffer.isBuffer(draft.body)) return undefined
    return {
      ...draft,
      encode: (text) => encode(text, (count) => dice.below(count)),
      mustBeRefused: why
    }
  })

const NOT_JSON = "its body is not JSON"
const SCRAPS = ["}", ",", "]", "\0", "//", "/* */", "{}", "null", "\u00a0", ";", "\x1a"] as const

/** Bytes that are no UTF-8, wherever they stand. */
const NO_UTF8 = [
  [0x80],
  [0xc0, 0x80],
  [0xc1, 0xbf],
  [0xe0, 0x80, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf8],
  [0xff],
  [0xfe],
  [0xc3],
  [0xe2, 0x82]
] as const

/** JSON that is cut off, goes on after its end, or is not in UTF-8. */
export const encoding: ReadonlyArray<Mutation> = [
  inBytes(
    "a body that is cut off",
    (text, below) => Buffer.from(text).subarray(0, below(Math.max(1, text.length - 1))),
    NOT_JSON
  ),
  inBytes(
    "something after the body",
    (text, below) => Buffer.from(`${text}${SCRAPS[below(SCRAPS.length)] ?? "}"}`),
    NOT_JSON
  ),
  inBytes("a byte order mark", (text) => Buffer.from(`\ufeff${text}`), undefined),
  inBytes("UTF-16", (text) => Buffer.from(text, "utf16le"), NOT_JSON),
  inBytes("UTF-16 with its mark", (text) => Buffer.from(`\ufeff${text}`, "utf16le"), NOT_JSON),
  inBytes(
    "bytes that are no UTF-8",
    (text, below) => {
      const bytes = Buffer.from(text)
      const at = below(bytes.length)
      const bad = Buffer.from(NO_UTF8[below(NO_UTF8.length)] ?? [0xff])
      return Buffer.concat([bytes.subarray(0, at), bad, bytes.subarray(at)])
    },
    NOT_JSON
  ),
  inBytes("a compressed body", (text) => gzipSync(text), NOT_JSON),
  inBytes(
    "one byte changed",
    (text, below) => {
      const bytes = Buffer.from(text)
      bytes[below(bytes.length)] = below(256)
      return bytes
    },
    undefined
  ),
  inBytes("a body of a megabyte, and a byte", (text) => Buffer.from(text.padEnd(1_048_577)), "its body is too large"),
  inBytes("a body of a megabyte", (text) => Buffer.from(text.padEnd(1_048_576)), undefined)
]
