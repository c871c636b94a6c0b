import type { SchemaAST } from "effect"

/** How query and body are decoded: unknown fields are refused, and every field at fault is found, not the first. */
export const STRICT: SchemaAST.ParseOptions = { errors: "all", onExcessProperty: "error" }

/** How path and headers are decoded: every field at fault is found; there are always headers that nobody declared. */
export const LENIENT: SchemaAST.ParseOptions = { errors: "all" }
