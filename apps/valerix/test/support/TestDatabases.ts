import { OwnerDatabase, testDatabase } from "@valerix/testing"
import { Context, Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import { DATABASES, type DatabaseName } from "../../src/DatabaseNames.ts"
import type { Databases } from "../../src/Databases.ts"
import { migrationsOf } from "../../src/Migrations.ts"

/** A fresh, migrated database for each of the program's, and each as its owner, who sees everything. */
export const freshDatabases = Effect.gen(function* () {
  const owners = new Map<DatabaseName, OwnerDatabase["Service"]>()
  for (const name of DATABASES) {
    const context = yield* Layer.build(testDatabase(name, migrationsOf(name)))
    owners.set(name, Context.get(context, OwnerDatabase))
  }
  const ownerOf = (name: DatabaseName) => {
    const owner = owners.get(name)
    if (owner === undefined) throw new Error(`no database ${name}`)
    return owner
  }
  const databases: Databases = {
    connection: (name) => ownerOf(name).serviceConnection,
    owner: (name) => ownerOf(name).connection,
    isExternal: () => false,
    lost: Effect.never
  }
  return { databases, owner: (name: DatabaseName) => ownerOf(name).sql }
})

/** Where the server of a context listens. */
export const urlOf = (context: Context.Context<HttpServer.HttpServer>): Effect.Effect<string> => {
  const { address } = Context.get(context, HttpServer.HttpServer)
  return address._tag === "UnixPathAddress"
    ? Effect.die(new Error("the server has no port"))
    : Effect.succeed(`http://127.0.0.1:${address.port}`)
}
