import { Option, Redacted } from "effect"

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const MINUTE_MS = 60_000

/**
 * Makes what two implementations answer comparable: ids that each has made for itself get a name by the order in which
 * they are first seen, and times are told in whole minutes from now, because a database's clock cannot be stopped.
 */
export class Aliases {
  private readonly names = new Map<string, string>()
  private readonly ids: RegExp

  /** @param ids what an id looks like, inside of texts as well; global. */
  constructor(ids: RegExp = UUID) {
    this.ids = ids
  }

  of(value: unknown, nowMs = 0): unknown {
    if (typeof value === "string") return value.replaceAll(this.ids, (id) => this.nameOf(id))
    if (typeof value !== "object" || value === null) return value
    if (value instanceof Date) return `${Math.round((value.getTime() - nowMs) / MINUTE_MS)} min from now`
    if (Redacted.isRedacted(value)) return this.of(Redacted.value(value), nowMs)
    if (Option.isOption(value)) return this.of(Option.getOrUndefined(value), nowMs)
    if (value instanceof Map) return this.sorted([...value], nowMs)
    if (Array.isArray(value)) return value.map((one) => this.of(one, nowMs))
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    return Object.fromEntries(fields.map(([name, field]) => [name, this.of(field, nowMs)]))
  }

  /** For what comes in no particular order; its ids have to have been seen before. */
  sorted(values: ReadonlyArray<unknown>, nowMs = 0): ReadonlyArray<unknown> {
    return values
      .map((value) => ({ value, text: JSON.stringify(this.of(value, nowMs)) }))
      .sort((a, b) => (a.text < b.text ? -1 : 1))
      .map(({ value }) => this.of(value, nowMs))
  }

  private nameOf(id: string): string {
    const known = this.names.get(id)
    if (known !== undefined) return known
    const name = `#${this.names.size + 1}`
    this.names.set(id, name)
    return name
  }
}
