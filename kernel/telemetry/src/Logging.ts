import { Config, Layer, Logger, type LogLevel, References, Schema, SchemaTransformation } from "effect"
import { logEventOf } from "./LogEvent.ts"
import { jsonLine, terminalLines } from "./LogFormat.ts"

const LEVELS = {
  trace: "Trace",
  debug: "Debug",
  info: "Info",
  warn: "Warn",
  error: "Error",
  fatal: "Fatal",
  off: "None"
} as const satisfies Record<string, LogLevel.LogLevel>

const LevelName = Schema.String.pipe(
  Schema.decode(SchemaTransformation.toLowerCase()),
  Schema.decodeTo(Schema.Literals(["trace", "debug", "info", "warn", "error", "fatal", "off"]))
)

/** `LOG_LEVEL`: trace, debug, info, warn, error, fatal or off, in any case; info if it is not set. */
export const logLevelConfig: Config.Config<LogLevel.LogLevel> = Config.schema(LevelName, "LOG_LEVEL").pipe(
  Config.withDefault("info" as const),
  Config.map((name) => LEVELS[name])
)

/** Where the log goes. */
export interface LogOutput {
  readonly write: (text: string) => void
  /** Whether a person reads it there as it comes. */
  readonly isTerminal: boolean
  readonly coloured: boolean
}

const standardOutput = (): LogOutput => ({
  write: (text) => {
    process.stdout.write(text)
  },
  isTerminal: process.stdout.isTTY === true,
  coloured: (process.env.NO_COLOR ?? "") === ""
})

/**
 * The log of a process: one line of JSON per event on standard output, or a readable form if that is a terminal. An
 * event has `timestamp`, `level`, `service` (as annotated, or the one given here), `message`, and where there are any
 * `correlation_id`, `annotations` and `error`, which has its stack if LOG_LEVEL is debug or lower. Fails if LOG_LEVEL is
 * none of the levels.
 */
export const layerLogging = (options: {
  readonly service: string
  readonly output?: LogOutput
}): Layer.Layer<never, Config.ConfigError> => {
  const output = options.output ?? standardOutput()
  const logger = Logger.make<unknown, void>((logged) => {
    const event = logEventOf(logged, options.service)
    output.write(`${output.isTerminal ? terminalLines(event, output.coloured) : jsonLine(event)}\n`)
  })
  return Layer.merge(Logger.layer([logger]), Layer.effect(References.MinimumLogLevel, logLevelConfig))
}
