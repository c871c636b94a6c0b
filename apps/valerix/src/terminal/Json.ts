import { escapeHarmful } from "@valerix/telemetry"
import { Console, Schema } from "effect"
import { Flag } from "effect/cli"

/** For programs. */
export const jsonFlag = (what: string) =>
  Flag.Boolean("json").pipe(
    Flag.withoutNegation,
    Flag.withDescription(`For programs: ${what}`),
    Flag.withDefault(false)
  )

export const JSON_DOCUMENT = "one JSON document, with the shape of the API"
export const JSON_LINES = "one JSON document per line, each with the shape of the API"

/** A value as JSON on one line, with nothing in it that would change the terminal: that is escaped, and so the same. */
export const jsonText = (value: unknown): string => escapeHarmful(JSON.stringify(value))

/** Writes values as JSON documents, a line each, as the API would. */
export const jsonLines = <A, I>(schema: Schema.Codec<A, I>) => {
  const encode = Schema.encodeSync(Schema.toCodecJson(schema))
  return (values: ReadonlyArray<A>) => Console.log(values.map((value) => jsonText(encode(value))).join("\n"))
}
