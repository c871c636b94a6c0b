import { escapeHarmful } from "./Harmful.ts"
import type { LogEvent } from "./LogEvent.ts"
import { loggedError } from "./LogEvent.ts"

/** What JSON cannot hold by itself. Redacted values write themselves as `<redacted>`. */
const loggable = (_key: string, value: unknown): unknown => {
  if (typeof value === "bigint") return String(value)
  return value instanceof Error ? loggedError(value, false) : value
}

const json = (value: unknown): string => {
  try {
    return JSON.stringify(value, loggable) ?? "null"
  } catch {
    return JSON.stringify("<not loggable>")
  }
}

/** An event as one line of JSON, whatever characters it holds. */
export const jsonLine = (event: LogEvent): string => {
  const line = json(event)
  const whole = line.startsWith("{") ? line : json({ ...event, annotations: "<not loggable>" })
  return escapeHarmful(whole)
}

const RESET = "\u001b[0m"
const DIM = "\u001b[2m"
const COLOURS: Readonly<Record<string, string>> = {
  fatal: "\u001b[35m",
  error: "\u001b[31m",
  warn: "\u001b[33m",
  info: "\u001b[32m",
  debug: "\u001b[34m",
  trace: "\u001b[90m"
}

/** An event for a person at a terminal: one line, the error below it. Control characters of the data stay harmless. */
export const terminalLines = (event: LogEvent, coloured: boolean): string => {
  const paint = (colour: string, text: string) => (coloured ? `${colour}${text}${RESET}` : text)
  const details = Object.entries({ ...event.annotations, correlation_id: event.correlation_id })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : json(value)}`)
    .join(" ")
  const head = [
    paint(DIM, event.timestamp.slice(11, 23)),
    paint(COLOURS[event.level] ?? "", event.level.toUpperCase().padEnd(5)),
    paint(DIM, event.service),
    escapeHarmful(event.message),
    paint(DIM, escapeHarmful(details))
  ]
  const lines = [head.join(" ").trimEnd()]
  for (let error = event.error; error !== undefined; error = error.cause) {
    const stack = error.stack?.split("\n").slice(1).map(escapeHarmful) ?? []
    lines.push(`  ${escapeHarmful(`${error.tag}: ${error.message}`)}`, ...stack)
  }
  return lines.join("\n")
}
