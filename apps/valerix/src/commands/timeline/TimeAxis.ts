/** Where times are drawn. */
export interface TimeAxis {
  /** The column of a time. */
  readonly columnOf: (ms: number) => number
  readonly columns: number
}

/**
 * An axis on which attempts of milliseconds and waits of hours can both be seen: what lies between two neighbouring times
 * is drawn as long as the logarithm of how long it took.
 */
export const timeAxis = (times: ReadonlyArray<number>, columns: number): TimeAxis => {
  const marks = [...new Set(times)].sort((a, b) => a - b)
  const places = new Map<number, number>()
  let place = 0
  marks.forEach((mark, index) => {
    const before = marks[index - 1]
    place += before === undefined ? 0 : Math.log10(1 + (mark - before))
    places.set(mark, place)
  })
  const scale = place === 0 ? 0 : (columns - 1) / place
  return { columns, columnOf: (ms) => Math.round((places.get(ms) ?? 0) * scale) }
}

/** A line of the axis with something drawn from one time to another, at least one column of it. */
export const drawn = (axis: TimeAxis, fromMs: number, toMs: number, mark: string): string => {
  const from = Math.min(axis.columnOf(fromMs), axis.columns - 1)
  const length = Math.max(1, axis.columnOf(toMs) - from)
  return (" ".repeat(from) + mark.repeat(length)).slice(0, axis.columns).padEnd(axis.columns)
}
