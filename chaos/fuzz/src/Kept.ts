import type { Range } from "./Range.ts"

/** Requests that found something once, and what: they are sent again with every run of the tests. */
export const KEPT: ReadonlyArray<Range & { readonly found: string }> = []
