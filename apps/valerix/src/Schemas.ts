import { fileURLToPath } from "node:url"
import { assertSchemaKnown, migrate, status } from "@valerix/database/migrations"
import { Data, Effect } from "effect"
import type { DatabaseName } from "./DatabaseNames.ts"
import type { Databases } from "./Databases.ts"
import { assertLoginIsHarmless } from "./LoginCheck.ts"
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
 * login, and insists elsewhere, before anything is applied, that nothing is missing. A schema that is newer than the
 * program is refused, and so is a login of a service that could do more than the service needs.
 */
export const prepareSchemas = Effect.fn("prepareSchemas")(function* (
  databases: Databases,
  names: ReadonlyArray<DatabaseName>
) {
  const concurrency = { concurrency: names.length, discard: true } as const
  const directoryOf = (name: DatabaseName) => fileURLToPath(migrationsOf(name))
  const behind = yield* Effect.filter(
    names.filter((name) => databases.owner(name) === undefined),
    Effect.fnUntraced(function* (name) {
      const of = { directory: directoryOf(name), connection: databases.connection(name) }
      yield* assertSchemaKnown(of)
      return (yield* status(of)).pending.length > 0
    }),
    { concurrency: names.length }
  )
  if (behind.length > 0) {
    return yield* new SchemaBehind({
      external: behind.filter((name) => databases.isExternal(name)),
      embedded: behind.filter((name) => !databases.isExternal(name))
    })
  }
  yield* Effect.forEach(
    names,
    (name) => {
      const connection = databases.owner(name)
      return connection === undefined
        ? Effect.void
        : migrate({ directory: directoryOf(name), connection, to: "latest" })
    },
    concurrency
  )
  yield* Effect.forEach(names, (name) => assertLoginIsHarmless(name, databases.connection(name)), concurrency)
})
