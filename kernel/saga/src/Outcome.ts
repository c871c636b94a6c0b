/** What a participant answers to one command of a vector. */
export type Outcome =
  /** The effect is there, now or since an earlier attempt. */
  | { readonly _tag: "Done" }
  /** It will never happen: nothing was changed, and a repetition answers the same. */
  | {
      readonly _tag: "Rejected"
      readonly code: string
      readonly message: string
      readonly details?: Readonly<Record<string, string | number>>
    }
  /** No definite answer: it may or may not have happened. The same command may be repeated. */
  | { readonly _tag: "Unavailable"; readonly reason: string }
  /** It certainly never reached the participant. */
  | { readonly _tag: "NotSent"; readonly reason: string }
  /** Its undo came first, or a newer epoch did: nothing was changed, and nothing ever will be by this command. */
  | { readonly _tag: "Cancelled" }

export const done: Outcome = { _tag: "Done" }
export const cancelled: Outcome = { _tag: "Cancelled" }
export const unavailable = (reason: string): Outcome => ({ _tag: "Unavailable", reason })
export const notSent = (reason: string): Outcome => ({ _tag: "NotSent", reason })
export const rejected = (
  code: string,
  message: string,
  details?: Readonly<Record<string, string | number>>
): Outcome =>
  details === undefined ? { _tag: "Rejected", code, message } : { _tag: "Rejected", code, message, details }
