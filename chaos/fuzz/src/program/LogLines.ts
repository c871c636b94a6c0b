import { Option, Schema } from "effect"

const Line = Schema.fromJsonString(
  Schema.Struct({
    timestamp: Schema.String,
    level: Schema.Literals(["trace", "debug", "info", "warn", "error", "fatal"]),
    service: Schema.NonEmptyString,
    message: Schema.NonEmptyString,
    correlation_id: Schema.optionalKey(Schema.NonEmptyString),
    annotations: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
    error: Schema.optionalKey(Schema.Unknown)
  })
)
const decode = Schema.decodeOption(Line)

const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const LINE_MAX_CHARACTERS = 100_000

/** The log as it comes: what is wrong with its lines, and what the program itself calls an error. */
export class LogLines {
  readonly wrong: Array<string> = []
  readonly errors: Array<string> = []
  count = 0
  private rest = ""

  add(text: string): void {
    const lines = `${this.rest}${text}`.split("\n")
    this.rest = lines.pop() ?? ""
    for (const line of lines) this.look(line)
  }

  private look(line: string): void {
    this.count += 1
    const event = Option.getOrUndefined(decode(line))
    if (event === undefined || HARMFUL.test(line) || line.length > LINE_MAX_CHARACTERS) this.wrong.push(line)
    else if (event.level === "error" || event.level === "fatal") this.errors.push(line)
  }
}
