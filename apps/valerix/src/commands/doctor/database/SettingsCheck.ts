import { rowsOf } from "@valerix/database"
import { Effect, Schema } from "effect"
import { check } from "../Check.ts"
import { fail, ok, type Said, warn } from "../Finding.ts"
import type { Sessions } from "./LookedAt.ts"

const MAX_WAL_ENOUGH_MEBIBYTES = 1024

const settingsOf = rowsOf(Schema.Struct({ name: Schema.String, setting: Schema.String }))
export type Settings = ReadonlyMap<string, string>

const NAMES = [
  "fsync",
  "full_page_writes",
  "synchronous_commit",
  "autovacuum",
  "track_counts",
  "wal_level",
  "max_wal_size",
  "lock_timeout",
  "statement_timeout",
  "idle_in_transaction_session_timeout"
] as const

/** As they are for a session of the service: of the server, the database and the login together. */
export const readSettings = ({ asService: sql }: Sessions) =>
  Effect.map(
    settingsOf(sql`SELECT name, setting FROM pg_settings WHERE name IN ${sql.in([...NAMES])}`),
    (rows): Settings => new Map(rows.map(({ name, setting }) => [name, setting]))
  )

const IS_LOST = "a crash of the machine then loses orders that were answered, or damages the data"
const SESSION_LIMITS = ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"] as const

/** What settings endanger: promises fail, speed warns. */
export const judgeSettings = (settings: Settings): ReadonlyArray<Said> => {
  const is = (name: (typeof NAMES)[number], value: string) => settings.get(name) === value
  const said: Array<Said> = []
  for (const name of ["fsync", "full_page_writes"] as const) {
    if (is(name, "off")) said.push(fail(`${name} is off: ${IS_LOST}`, `Set ${name} = on, and restart the server.`))
  }
  if (is("synchronous_commit", "off"))
    said.push(
      fail(
        "synchronous_commit is off: a commit is reported before it is on disk, so an order that was answered can be lost",
        "Set synchronous_commit = on: for the server, the database and the login (ALTER ROLE … RESET synchronous_commit)."
      )
    )
  if (is("synchronous_commit", "local"))
    said.push(warn("synchronous_commit is local: a failover may lose the last commits", "Set synchronous_commit = on."))
  for (const name of ["autovacuum", "track_counts"] as const) {
    if (is(name, "off"))
      said.push(warn(`${name} is off: the queues grow, and every claim reads what is dead`, `Set ${name} = on.`))
  }
  if (is("wal_level", "minimal"))
    said.push(
      warn(
        "wal_level is minimal: no backup can be restored to a point in time, and no standby can follow",
        "Set wal_level = replica, and restart the server."
      )
    )
  const walMebibytes = Number(settings.get("max_wal_size"))
  if (walMebibytes < MAX_WAL_ENOUGH_MEBIBYTES)
    said.push(
      warn(
        `max_wal_size is ${walMebibytes} MiB: under load a checkpoint follows the other`,
        "Set max_wal_size = '4GB' or more, as far as the disk has room."
      )
    )
  const unlimited = SESSION_LIMITS.filter((name) => is(name, "0"))
  if (unlimited.length > 0)
    said.push(
      warn(
        `the service's sessions have no ${unlimited.join(", ")}: a transaction that nobody finishes holds its locks for ever`,
        "Something between drops what Valerix asks for, such as a pooler: docs/postgresql.md has the ALTER ROLE."
      )
    )
  return said.length === 0 ? [ok("nothing endangers promises or speed")] : said
}

export const settingsCheck = (subject: string, sessions: Sessions) =>
  check("settings", subject, Effect.map(readSettings(sessions), judgeSettings))
