import { Schema } from "effect"

/** What an organization calls a product: 1 to 100 letters, digits and `. _ / -`, as it is written on the label. */
export const Sku = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9_-][A-Za-z0-9._/-]{0,99}$/u, {
    expected: "1 to 100 letters, digits and the characters . _ / -, the first of them not . or /"
  })
)
