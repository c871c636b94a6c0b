import type { Draft } from "../request/Draft.ts"
import type { Rendered } from "../request/Rendered.ts"
import type { Answer, Exchange } from "../wire/Answer.ts"
import { parsedJson } from "../wire/ParsedJson.ts"

/** A request with what came of it, as the rules look at it. */
export interface Judged {
  readonly draft: Draft
  readonly request: Rendered
  readonly exchange: Exchange
  /** Nothing was done to the request: it is as its description says. */
  readonly isUnchanged: boolean
  /** So little was asked of the program meanwhile that it is never too much. */
  readonly isCalm: boolean
}

/** One rule that was broken, and how. */
export interface Broken {
  readonly rule: string
  readonly why: string
}

/** The JSON of an answer; none when it is none. */
export const jsonIn = ({ body }: Answer): unknown => parsedJson(body)

export const isRefusal = ({ status }: Answer): boolean => status >= 400
