/** The words that whoever asks inventory may use, for those who only check what was said. */
export { ProductReference } from "./contract/ProductSchemas.ts"
export { Sku } from "./contract/Sku.ts"
export { IdempotencyKey, StockReason } from "./contract/StockSchemas.ts"
