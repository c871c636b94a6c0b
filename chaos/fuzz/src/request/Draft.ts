import type { Operation } from "@valerix/testing/contract"
import type { Caller } from "./Caller.ts"
import type { Json, Reference } from "./Json.ts"

/** A part of a path: as it is written, or the value of a parameter, which is percent-encoded when it is written. */
export type PathPart = string | Reference | { readonly type: "value"; readonly text: string }

export type FieldValue =
  | Reference
  | { readonly type: "value"; readonly text: string }
  | { readonly type: "raw"; readonly text: string }

/** A header as it goes over the wire, one byte per character. */
export type HeaderLine = readonly [name: string, value: string | Reference]

/** A request before the ids of the run are put in. */
export interface Draft {
  readonly operation: Operation
  readonly caller: Caller
  readonly method: string
  readonly path: ReadonlyArray<PathPart>
  readonly query: ReadonlyArray<readonly [name: string, value: FieldValue]>
  readonly headers: ReadonlyArray<HeaderLine>
  /** JSON, or bytes that stand in its place. */
  readonly body: Json | Buffer | undefined
  /** What is done to the bytes of a JSON body after it is written. */
  readonly encode: ((text: string) => Buffer) | undefined
  /** What is done to the bytes of the whole request. */
  readonly wire: ((bytes: Buffer) => Buffer) | undefined
  readonly delivery: Delivery
  /** Why it cannot be accepted, whatever its body says; none where that is left to the schema. */
  readonly mustBeRefused: string | undefined
}

/** How the bytes are sent. */
export type Delivery =
  | { readonly type: "whole" }
  /** In pieces, with a pause after each. */
  | { readonly type: "slow"; readonly pieces: number; readonly pauseMs: number }
  /** So many of the bytes, in thousandths, and nothing more; then the connection is cut, or left open. */
  | { readonly type: "stops"; readonly after: number; readonly lastly: "cut" | "end" | "wait" }
  /** All of them, and the connection is cut before the answer. */
  | { readonly type: "leaves" }
  /** Twice on one connection, without waiting in between. */
  | { readonly type: "twice" }
