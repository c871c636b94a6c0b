import { fileURLToPath } from "node:url"
import { migrate, status } from "@valerix/database/migrations"
import { Console, Data, Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { loadConfiguration } from "../Configuration.ts"
import { DATABASES, type DatabaseName } from "../DatabaseNames.ts"
import { type Databases, openDatabases } from "../Databases.ts"
import { migrationsOf } from "../Migrations.ts"

/** Migrating needs the login that owns the database. */
export class OwnerUnknown extends Data.TaggedError("OwnerUnknown")<{ readonly database: DatabaseName }> {
  override get message(): string {
    const variable = this.database.toUpperCase()
    return `DATABASE_URL_${variable} is set; to migrate that database set DATABASE_OWNER_URL_${variable} as well, to the login that owns it.`
  }
}

/** A version is of one database; all databases can only be taken down whole. */
export class TargetNeedsDatabase extends Data.TaggedError("TargetNeedsDatabase") {
  override get message(): string {
    return "--to names a version of one database; say which with --database."
  }
}

const database = Flag.Literals("database", DATABASES).pipe(Flag.withDescription("Only this database"), Flag.optional)

const ownerOf = (databases: Databases, name: DatabaseName) => {
  const connection = databases.owner(name)
  return connection === undefined ? Effect.fail(new OwnerUnknown({ database: name })) : Effect.succeed(connection)
}

const direction = Argument.Literals("action", ["up", "down", "status"]).pipe(
  Argument.withDescription("up applies what is missing, down takes back, status tells")
)
const to = Flag.Int("to").pipe(Flag.withDescription("The version to go down to; 0 by default"), Flag.optional)

export const migrateCommand = Command.make(
  "migrate",
  { direction, database, to },
  Effect.fn("valerix migrate")(function* (options) {
    if (options.to._tag === "Some" && options.database._tag === "None") return yield* new TargetNeedsDatabase()
    const configuration = yield* loadConfiguration
    const names = options.database._tag === "Some" ? [options.database.value] : DATABASES
    yield* Effect.scoped(
      Effect.gen(function* () {
        const databases = yield* openDatabases(configuration, names)
        for (const name of names) {
          const connection = yield* ownerOf(databases, name)
          const directory = fileURLToPath(migrationsOf(name))
          if (options.direction === "status") {
            const { current, latest, pending, changed } = yield* status({ directory, connection })
            const remarks = [
              ...(pending.length > 0 ? [`pending: ${pending.map((one) => one.version).join(", ")}`] : []),
              ...(changed.length > 0
                ? [`changed after they were applied: ${changed.map((one) => one.version).join(", ")}`]
                : [])
            ]
            yield* Console.log(
              `${name.padEnd(14)} version ${current} of ${latest}${remarks.map((remark) => `; ${remark}`).join("")}`
            )
          } else {
            const target = options.direction === "up" ? "latest" : options.to._tag === "Some" ? options.to.value : 0
            const steps = yield* migrate({ directory, connection, to: target })
            const told = steps.map((step) => `${step.direction} ${step.version} ${step.name}`)
            yield* Console.log(`${name.padEnd(14)} ${told.length === 0 ? "nothing to do" : told.join(", ")}`)
          }
        }
      })
    )
  })
).pipe(
  Command.withDescription("Change the schemas of the databases"),
  Command.withExamples([
    { command: "valerix migrate status", description: "Show the version of each database" },
    { command: "valerix migrate up", description: "Bring every database to this program's version" },
    { command: "valerix migrate down --database orders --to 2", description: "Take one database back to a version" }
  ])
)
