import { fileURLToPath } from "node:url"
import { migrate, status } from "@valerix/database/migrations"
import { Console, Data, Effect, Option, Runtime, Schema } from "effect"
import { loadConfiguration } from "../../Configuration.ts"
import { DATABASES, type DatabaseName } from "../../DatabaseNames.ts"
import { type Databases, openDatabases, openOrAttachDatabases } from "../../Databases.ts"
import { migrationsOf } from "../../Migrations.ts"
import { EXIT } from "../../terminal/ExitCodes.ts"
import { jsonLines } from "../../terminal/Json.ts"

/** Migrating needs the login that owns the database. */
export class OwnerUnknown extends Data.TaggedError("OwnerUnknown")<{
  readonly databases: ReadonlyArray<DatabaseName>
}> {
  override get message(): string {
    const variables = this.databases.map((name) => `DATABASE_OWNER_URL_${name.toUpperCase()}`)
    return `Migrating needs the login that owns the database: set ${new Intl.ListFormat("en").format(variables)}.`
  }
}

/** Up goes to this program's version; down to version 0, or with --to to another one, of one database. */
export class TargetNeedsDownOfOneDatabase extends Data.TaggedError("TargetNeedsDownOfOneDatabase") {
  override readonly [Runtime.errorExitCode] = EXIT.USAGE
  override get message(): string {
    return "--to is for going down, and names a version of one database; say which with --database."
  }
}

/** Going down does not apply anything. */
export class TargetAbove extends Data.TaggedError("TargetAbove")<{
  readonly database: DatabaseName
  readonly current: number
  readonly target: number
}> {
  override get message(): string {
    return `The database of ${this.database} is at version ${this.current}, below ${this.target}. Nothing was done; \`valerix migrate up\` goes up.`
  }
}

const Version = Schema.Struct({ version: Schema.Int, name: Schema.String })
const writeStatus = jsonLines(
  Schema.Struct({
    database: Schema.Literals(DATABASES),
    current: Schema.Int,
    latest: Schema.Int,
    pending: Schema.Array(Version),
    changed: Schema.Array(Version)
  })
)
const writeSteps = jsonLines(
  Schema.Struct({
    database: Schema.Literals(DATABASES),
    steps: Schema.Array(Schema.Struct({ direction: Schema.Literals(["up", "down"]), ...Version.fields }))
  })
)

const showStatus = Effect.fnUntraced(function* (
  databases: Databases,
  names: ReadonlyArray<DatabaseName>,
  isJson: boolean
) {
  for (const name of names) {
    const connection = databases.owner(name) ?? databases.connection(name)
    const { current, latest, pending, changed } = yield* status({ directory: directoryOf(name), connection })
    if (isJson) {
      yield* writeStatus([{ database: name, current, latest, pending, changed }])
      continue
    }
    const remarks = [
      ...(current > latest ? ["newer than this program"] : []),
      ...(pending.length > 0 ? [`pending: ${pending.map((one) => one.version).join(", ")}`] : []),
      ...(changed.length > 0
        ? [`changed after they were applied: ${changed.map((one) => one.version).join(", ")}`]
        : [])
    ]
    yield* Console.log(
      `${name.padEnd(14)} version ${current} of ${latest}${remarks.map((remark) => `; ${remark}`).join("")}`
    )
  }
})

const migrateAll = Effect.fnUntraced(function* (
  databases: Databases,
  names: ReadonlyArray<DatabaseName>,
  target: "latest" | number,
  isJson: boolean
) {
  const ownerless = names.filter((name) => databases.owner(name) === undefined)
  if (ownerless.length > 0) return yield* new OwnerUnknown({ databases: ownerless })
  for (const name of names) {
    const connection = databases.owner(name) ?? databases.connection(name)
    if (target !== "latest") {
      const { current, latest } = yield* status({ directory: directoryOf(name), connection })
      if (current < target && target <= latest) return yield* new TargetAbove({ database: name, current, target })
    }
    const steps = yield* migrate({ directory: directoryOf(name), connection, to: target })
    if (isJson) {
      yield* writeSteps([{ database: name, steps }])
      continue
    }
    const told = steps.map((step) => `${step.direction} ${step.version} ${step.name}`)
    yield* Console.log(`${name.padEnd(14)} ${told.length === 0 ? "nothing to do" : told.join(", ")}`)
  }
})

const directoryOf = (name: DatabaseName) => fileURLToPath(migrationsOf(name))

/** Brings databases up, takes one down, or tells their versions. */
export const migrateDatabases = Effect.fn("valerix migrate")(function* (options: {
  readonly direction: "up" | "down" | "status"
  readonly database: Option.Option<DatabaseName>
  readonly to: Option.Option<number>
  readonly json: boolean
}) {
  const isPlain = options.to._tag === "None"
  if (!isPlain && (options.direction !== "down" || options.database._tag === "None")) {
    return yield* new TargetNeedsDownOfOneDatabase()
  }
  const configuration = yield* loadConfiguration
  const names = options.database._tag === "Some" ? [options.database.value] : DATABASES
  const work = Effect.gen(function* () {
    if (options.direction === "status")
      return yield* showStatus(yield* openOrAttachDatabases(configuration, names), names, options.json)
    const target = options.direction === "up" ? "latest" : Option.getOrElse(options.to, () => 0)
    yield* migrateAll(yield* openDatabases(configuration, names), names, target, options.json)
  })
  yield* Effect.scoped(work)
})
