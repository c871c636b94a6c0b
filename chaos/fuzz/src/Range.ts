/** Requests of one seed, numbered from 1. */
export interface Range {
  readonly seed: number
  /** The first request; those before it are left out. */
  readonly from: number
  readonly requests: number
  /** The operation that all of them are to, where that is not any. */
  readonly only?: string
}
