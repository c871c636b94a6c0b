import { Effect, Option, Schema, SchemaIssue, SchemaTransformation } from "effect"
import { scanJson } from "./JsonScan.ts"

const CURSOR_MAX_CHARACTERS = 1_000

/**
 * A keyset cursor: the position after a page's last item, as JSON in base64url. Callers hand it back as it is; one that
 * was tampered with, or is of another list, does not decode.
 */
export const Cursor = <Position, Encoded>(position: Schema.Codec<Position, Encoded>) => {
  const json = Schema.fromJsonString(Schema.toCodecJson(position))
  const decode = Schema.decodeOption(json)
  // Its texts go to the database, as those of a body do.
  const read = (text: string) => (scanJson(text, text.includes("\\")) === undefined ? decode(text) : Option.none())
  const write = Schema.encodeSync(json)
  return Schema.String.check(Schema.isMaxLength(CURSOR_MAX_CHARACTERS)).pipe(
    Schema.decodeTo(
      Schema.toType(position),
      SchemaTransformation.transformEffect<Position, string>({
        decode: (text) =>
          Option.match(read(Buffer.from(text, "base64url").toString("utf8")), {
            onNone: () =>
              Effect.fail(new SchemaIssue.InvalidValue({ message: "must be the next_cursor of a page of this list" })),
            onSome: Effect.succeed
          }),
        encode: (value) => Effect.succeed(Buffer.from(write(value), "utf8").toString("base64url"))
      })
    )
  )
}
