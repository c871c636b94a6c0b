const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000]
] as const

/** A span of time for people, by its two largest units: `3 ms`, `1.5 s`, `2 m 5 s`, `3 d 4 h`. */
export const spanText = (ms: number): string => {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  if (ms < 60_000) return `${Math.floor(ms / 1_000)} s`
  const [largest, next] = unitsFrom(ms)
  const count = Math.floor(ms / largest[1])
  const rest = Math.floor((ms - count * largest[1]) / next[1])
  return rest === 0 ? `${count} ${largest[0]}` : `${count} ${largest[0]} ${rest} ${next[0]}`
}

const unitsFrom = (ms: number) => {
  const at = Math.min(
    UNITS.findIndex(([, unitMs]) => ms >= unitMs),
    UNITS.length - 2
  )
  return [UNITS[at] ?? UNITS[0], UNITS[at + 1] ?? UNITS[3]] as const
}

const SPAN = /^(\d{1,9})(ms|[smhd])$/
const MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Some 31 years: before longer ones the database has no time. */
const SPAN_MAX_MS = 1_000_000_000_000

/**
 * Reads a span as it is given to a flag, `90s`, `5m`, `2h`, `1d`, in milliseconds; none where it is none, or longer than
 * anything that it could be the age of.
 */
export const spanMs = (text: string): number | undefined => {
  const [, count, unit = ""] = SPAN.exec(text) ?? []
  const unitMs = MS[unit]
  const ms = count === undefined || unitMs === undefined ? undefined : Number(count) * unitMs
  return ms === undefined || ms > SPAN_MAX_MS ? undefined : ms
}
