import { fileURLToPath } from "node:url"
import { assertSchemaKnown, migrate, status } from "@valerix/database/migrations"
import { Data, Effect } from "effect"
import type { DatabaseName } from "./DatabaseNames.ts"
import type { Databases } from "./Databases.ts"
import { assertLoginSuits } from "./LoginCheck.ts"
import { migrationsOf } from "./Migrations.ts"

const listed = new Intl.ListFormat("en")

/** Migrations are missing in these databases, and this program has no login that may apply them. */
export class SchemaBehind extends Data.TaggedError("SchemaBehind")<{
  readonly external: ReadonlyArray<DatabaseName>
  readonly embedded: ReadonlyArray<DatabaseName>
}> {
  override get message(): string {
    const older = (names: ReadonlyArray<DatabaseName>) =>
      names.length === 1
        ? `The database of ${names[0]} is older than this program.`
        : `The databases of ${listed.format(names)} are older than this program.`
    const variables = listed.format(this.external.map((name) => `DATABASE_OWNER_URL_${name.toUpperCase()}`))
    const sentences = [
      ...(this.external.length === 0
        ? []
        : [`${older(this.external)} Run \`valerix migrate up\` with ${variables} set to the login that owns it.`]),
      ...(this.embedded.length === 0
        ? []
        : [
            `${older(this.embedded)} The Valerix that runs on the same folder is still starting, or is an older version: run this again when it is ready, and with its version.`
          ])
    ]
    return sentences.join(" ")
  }
}

/**
 * Makes the schema of each database the one that this program knows: applies what is missing where it has the owner's
 * login, and insists elsewhere that nothing is missing. Before anything is applied, a schema that is newer than the
 * program and a service's login that does not suit are refused.
 */
export const prepareSchemas = Effect.fn("prepareSchemas")(function* (
  databases: Databases,
  names: ReadonlyArray<DatabaseName>
) {
  const concurrency = { concurrency: names.length }
  yield* Effect.forEach(names, (name) => assertLoginSuits(name, databases.connection(name)), concurrency)
  const states = yield* Effect.forEach(names, (name) => lookAt(databases, name), concurrency)
  const behind = states.filter((state) => state.isBehind && state.owner === undefined).map(({ name }) => name)
  if (behind.length > 0) {
    return yield* new SchemaBehind({
      external: behind.filter((name) => databases.isExternal(name)),
      embedded: behind.filter((name) => !databases.isExternal(name))
    })
  }
  yield* Effect.forEach(
    states,
    ({ directory, isBehind, owner }) =>
      isBehind && owner !== undefined ? migrate({ directory, connection: owner, to: "latest" }) : Effect.void,
    concurrency
  )
})

/** How far a database's schema is; fails when this program does not know it. */
const lookAt = Effect.fnUntraced(function* (databases: Databases, name: DatabaseName) {
  const directory = fileURLToPath(migrationsOf(name))
  const owner = databases.owner(name)
  const of = { directory, connection: owner ?? databases.connection(name) }
  yield* assertSchemaKnown(of)
  return { name, directory, owner, isBehind: (yield* status(of)).pending.length > 0 }
})
