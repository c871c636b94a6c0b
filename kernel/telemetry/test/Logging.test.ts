import { expect, it } from "@effect/vitest"
import { CorrelationId, CurrentCorrelationId, layerLogging } from "@valerix/telemetry"
import { Cause, ConfigProvider, Data, Effect, Redacted, Schema } from "effect"

class StockTaken extends Data.TaggedError("StockTaken")<{ readonly message: string; readonly cause?: unknown }> {}

/** Runs an effect and gives what it logged, as it was written. */
const logged = <E>(
  effect: Effect.Effect<unknown, E>,
  environment: Readonly<Record<string, string>> = {},
  terminal: { readonly isTerminal: boolean; readonly coloured: boolean } = { isTerminal: false, coloured: false }
) => {
  const written: Array<string> = []
  const output = { ...terminal, write: (text: string) => written.push(text) }
  return effect.pipe(
    Effect.provide(layerLogging({ service: "orders", output })),
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { ...environment } }))),
    Effect.as(written)
  )
}

const Line = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
const parsed = Schema.decodeUnknownSync(Line)

it.effect("an event is one line of JSON that says when, how bad, who, what and of which request", () =>
  Effect.gen(function* () {
    const written = yield* logged(
      Effect.logInfo("order placed", { order_id: "o-1" }).pipe(
        Effect.annotateLogs({ attempt: 2 }),
        Effect.provideService(CurrentCorrelationId, CorrelationId.make("c-1"))
      )
    )
    expect(written).toHaveLength(1)
    expect(parsed(written[0])).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: "info",
      service: "orders",
      message: "order placed",
      correlation_id: "c-1",
      annotations: { attempt: 2, order_id: "o-1" }
    })
  })
)

it.effect("no text breaks a line or reaches the terminal as a control character", () =>
  Effect.gen(function* () {
    const evil = "a\nb\r\u001b[31m\u0000\u007f\u0085\u2028c\u202e\u200b\u{e0041}"
    const event = Effect.logError(evil, { [evil]: evil }, Cause.fail(new StockTaken({ message: evil })))
    const [line = ""] = yield* logged(event)
    expect(line).toMatch(/^[\u0020-\u007e]+\n$/)
    expect(parsed(line)["message"]).toBe(evil)
    const [readable = ""] = yield* logged(event, {}, { isTerminal: true, coloured: false })
    expect(readable.replaceAll("\n", "")).toMatch(/^[\u0020-\u007e]+$/)
    expect(readable.trimEnd().split("\n")).toHaveLength(2)
  })
)

it.effect("an error is logged with its kind, its message and its causes, and with its stack at debug only", () =>
  Effect.gen(function* () {
    const failure = new StockTaken({ message: "none left", cause: new TypeError("no connection") })
    const event = Effect.logError("reserving failed", Cause.die(failure))
    const [line = ""] = yield* logged(event)
    expect(parsed(line)["error"]).toEqual({
      tag: "StockTaken",
      message: "none left",
      cause: { tag: "TypeError", message: "no connection" }
    })
    const [atDebug = ""] = yield* logged(event, { LOG_LEVEL: "debug" })
    expect(parsed(atDebug)["error"]).toHaveProperty("stack", expect.stringContaining("Logging.test.ts"))
  })
)

it.effect("what is redacted is never written", () =>
  Effect.gen(function* () {
    const secret = Redacted.make("hunter2")
    const event = Effect.logWarning("token", secret, { secret, nested: { list: [secret] } }).pipe(
      Effect.annotateLogs({ key: secret })
    )
    for (const isTerminal of [true, false]) {
      const written = yield* logged(event, {}, { isTerminal, coloured: true })
      expect(written.join("")).not.toContain("hunter2")
      expect(written.join("")).toContain("<redacted>")
    }
  })
)

it.effect("anything can be logged", () =>
  Effect.gen(function* () {
    const circular: Record<string, unknown> = { big: 12n }
    const [fine = ""] = yield* logged(Effect.logInfo(undefined, 7, null, circular))
    expect(parsed(fine)).toMatchObject({ message: "undefined 7 null", annotations: { big: "12" } })
    circular["self"] = circular
    const [line = ""] = yield* logged(Effect.logInfo("circular", circular))
    expect(parsed(line)).toMatchObject({ message: "circular", annotations: "<not loggable>" })
  })
)

it.effect("LOG_LEVEL says from where on events are written, in any case, and info is the default", () =>
  Effect.gen(function* () {
    const all = Effect.all([
      Effect.logTrace("trace"),
      Effect.logDebug("debug"),
      Effect.logInfo("info"),
      Effect.logWarning("warn"),
      Effect.logError("error")
    ])
    const levels = (environment: Readonly<Record<string, string>>) =>
      Effect.map(logged(all, environment), (lines) => lines.map((line) => parsed(line)["level"]))
    expect(yield* levels({})).toEqual(["info", "warn", "error"])
    expect(yield* levels({ LOG_LEVEL: "WARN" })).toEqual(["warn", "error"])
    expect(yield* levels({ LOG_LEVEL: "trace" })).toEqual(["trace", "debug", "info", "warn", "error"])
    expect(yield* levels({ LOG_LEVEL: "off" })).toEqual([])
  })
)

it.effect("a LOG_LEVEL that is none is refused by name", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(logged(Effect.void, { LOG_LEVEL: "loud" }))
    expect(error.message).toContain("LOG_LEVEL")
  })
)

it.effect("a person at a terminal reads a short line, in colour unless they asked for none", () =>
  Effect.gen(function* () {
    const event = Effect.logInfo("order placed", { order_id: "o-1" })
    const [plain = ""] = yield* logged(event, {}, { isTerminal: true, coloured: false })
    expect(plain).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}orders order placed order_id=o-1\n$/)
    const [coloured = ""] = yield* logged(event, {}, { isTerminal: true, coloured: true })
    expect(coloured).toContain("\u001b[32mINFO")
  })
)

it.effect("an annotation names another service than the process", () =>
  Effect.gen(function* () {
    const [line = ""] = yield* logged(Effect.logInfo("x").pipe(Effect.annotateLogs({ service: "payments" })))
    expect(parsed(line)).toEqual(expect.objectContaining({ service: "payments" }))
    expect(parsed(line)).not.toHaveProperty("annotations")
  })
)
