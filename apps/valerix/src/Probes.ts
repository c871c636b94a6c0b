import { TenantDatabase } from "@valerix/database"
import type { Probe } from "@valerix/http"
import { Context, Effect, Layer, type Scope } from "effect"
import type { DatabaseName } from "./DatabaseNames.ts"
import { type Databases, layerDatabase } from "./Databases.ts"

const nameOf = (database: DatabaseName): string => `${database.replace("_", "-")}-database`

/** The probe of a database among those of all. */
export const probeOf =
  (probes: ReadonlyArray<Probe>) =>
  (database: DatabaseName): Probe => {
    const found = probes.find(({ name }) => name === nameOf(database))
    if (found === undefined) throw new Error(`no probe of ${database}`)
    return found
  }

/** Asks each database whether it is there, over a pool of the probe's own, so that a busy pool does not hide it. */
export const databaseProbes = (
  databases: Databases,
  names: ReadonlyArray<DatabaseName>
): Effect.Effect<ReadonlyArray<Probe>, never, Scope.Scope> =>
  Effect.forEach(names, (name) =>
    Effect.map(Layer.build(layerDatabase(databases, name)), (context): Probe => {
      const { sql } = Context.get(context, TenantDatabase)
      return {
        name: names.length === 1 ? "database" : nameOf(name),
        ok: "connected",
        check: sql`SELECT 1`,
        neededToServe: true
      }
    })
  )
