import { Argument, Command, Flag } from "effect/cli"
import { DATABASES } from "../DatabaseNames.ts"
import { jsonFlag } from "../terminal/Json.ts"
import { whenRun } from "./WhenRun.ts"

const database = Flag.Literals("database", DATABASES).pipe(Flag.withDescription("Only this database"), Flag.optional)

const json = jsonFlag("one JSON document per line, of one database each")
const direction = Argument.Literals("action", ["up", "down", "status"]).pipe(
  Argument.withDescription("up applies what is missing, down takes back, status tells")
)
const to = Flag.Int("to").pipe(Flag.withDescription("The version to go down to; 0 by default"), Flag.optional)

export const migrateCommand = Command.make(
  "migrate",
  { direction, database, to, json },
  whenRun(async () => (await import("./migrate/MigrateDatabases.ts")).migrateDatabases)
).pipe(
  Command.withDescription("Change the schemas of the databases"),
  Command.withExamples([
    { command: "valerix migrate status", description: "Show the version of each database" },
    { command: "valerix migrate up", description: "Bring every database to this program's version" },
    { command: "valerix migrate down --database orders --to 2", description: "Take one database back to a version" }
  ])
)
