import { token } from "../request/Json.ts"
import { inBody, isAny, type Mutation, mutation } from "./Mutation.ts"

const LEVELS = [31, 32, 33, 200, 10_000, 100_000] as const

const nested = (open: string, close: string, levels: number): string => `${open.repeat(levels)}1${close.repeat(levels)}`

/** Bodies of another shape: deep, wide, another thing altogether, or nothing. */
export const structure: ReadonlyArray<Mutation> = [
  inBody("deep nesting", isAny, (_, dice) =>
    token(dice.oneOf([nested('{"a":', "}", dice.oneOf(LEVELS)), nested("[", "]", dice.oneOf(LEVELS))]))
  ),
  inBody(
    "nesting that is never closed",
    isAny,
    (_, dice) => token("[".repeat(dice.oneOf(LEVELS))),
    "its body is not JSON"
  ),
  inBody("a wide list", isAny, (_, dice) => token(`[${"0,".repeat(dice.oneOf([100, 2_000, 2_001, 50_000]))}0]`)),
  mutation("another body", (draft, dice) =>
    draft.operation.takesBody
      ? {
          ...draft,
          body: token(dice.oneOf(["null", "[]", "{}", "0", '""', "true", '"{}"', "[{}]"])),
          mustBeRefused: undefined
        }
      : undefined
  ),
  mutation("no body", (draft) =>
    draft.operation.takesBody ? { ...draft, body: undefined, mustBeRefused: "it has no body" } : undefined
  ),
  mutation("a body where none is taken", (draft) =>
    draft.operation.takesBody ? undefined : { ...draft, body: token('{"a":1}') }
  ),
  mutation("white space around the body", (draft, dice) => {
    const space = dice.oneOf([" ", "\n\n", "\r\n\t", " ".repeat(5_000)])
    if (draft.body === undefined) return undefined
    return { ...draft, encode: (text) => Buffer.from(`${space}${text}${space}`), mustBeRefused: undefined }
  })
]
