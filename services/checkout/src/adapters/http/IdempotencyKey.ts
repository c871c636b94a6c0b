import { Effect, Schema } from "effect"
import { MissingIdempotencyKey } from "../../contract/OrderProblems.ts"
import { IdempotencyKey } from "../../contract/OrderSchemas.ts"

const isIdempotencyKey = Schema.is(IdempotencyKey)

/** The header as a key: 1 to 255 visible ASCII characters. */
export const readIdempotencyKey = (header: string | undefined): Effect.Effect<string, MissingIdempotencyKey> =>
  isIdempotencyKey(header)
    ? Effect.succeed(header)
    : Effect.fail(
        new MissingIdempotencyKey({
          errors: [{ field: "header Idempotency-Key", message: "must be 1 to 255 visible ASCII characters" }]
        })
      )
