import type { DatabaseConnection } from "@valerix/database/embedded"
import { emptyTestDatabase, OwnerDatabase } from "@valerix/testing"
import { Context, Effect, Layer, Redacted } from "effect"
import { DATABASES, type DatabaseName } from "../../../src/DatabaseNames.ts"
import type { Environment } from "./Valerix.ts"

/** A connection as somebody would write it into an environment variable. */
export const urlOf = ({ database, host, password, port, username }: DatabaseConnection): string => {
  const login = `${encodeURIComponent(username)}:${encodeURIComponent(Redacted.value(password))}`
  const place = host.startsWith("/")
    ? `/${encodeURIComponent(database)}?host=${encodeURIComponent(host)}&port=${port}`
    : `${host}:${port}/${encodeURIComponent(database)}`
  return `postgres://${login}@${place}`
}

const variablesOf = (name: DatabaseName, { connection, serviceConnection }: OwnerDatabase["Service"]) => ({
  [`DATABASE_URL_${name.toUpperCase()}`]: urlOf(serviceConnection),
  [`DATABASE_OWNER_URL_${name.toUpperCase()}`]: urlOf(connection)
})

/** An empty database for each of the program's, on the run's server, for programs that run as processes of their own. */
export class OwnDatabases extends Context.Service<
  OwnDatabases,
  {
    /** What tells a program to use them. */
    readonly environment: Environment
    /** Each as its owner, who sees everything. */
    readonly owner: (name: DatabaseName) => OwnerDatabase["Service"]["sql"]
    readonly ownerConnection: (name: DatabaseName) => DatabaseConnection
    /** What must not be seen: the passwords of all logins. */
    readonly passwords: ReadonlyArray<string>
  }
>()("@valerix/app/test/OwnDatabases") {}

export const layerOwnDatabases = (): Layer.Layer<OwnDatabases> => {
  const layers = DATABASES.map((name) => [name, emptyTestDatabase(name)] as const)
  return Layer.effect(
    OwnDatabases,
    Effect.gen(function* () {
      const owners = new Map<DatabaseName, OwnerDatabase["Service"]>()
      for (const [name, layer] of layers) owners.set(name, Context.get(yield* Layer.build(layer), OwnerDatabase))
      const all = [...owners.entries()]
      const ownerOf = (name: DatabaseName) => {
        const found = owners.get(name)
        if (found === undefined) throw new Error(`no database ${name}`)
        return found
      }
      return {
        environment: Object.assign({}, ...all.map(([name, owner]) => variablesOf(name, owner))),
        owner: (name) => ownerOf(name).sql,
        ownerConnection: (name) => ownerOf(name).connection,
        passwords: all.flatMap(([, { connection, serviceConnection }]) => [
          Redacted.value(connection.password),
          Redacted.value(serviceConnection.password)
        ])
      }
    })
  )
}
