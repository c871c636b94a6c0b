import { lstat } from "node:fs/promises"
import { join } from "node:path"
import { checkoutDefaults, layerStandstills } from "@valerix/checkout"
import { Effect, Exit, Layer, Result, type Scope } from "effect"
import type { Configuration } from "../../Configuration.ts"
import { loadConfiguration } from "../../Configuration.ts"
import { DATABASES, type DatabaseName } from "../../DatabaseNames.ts"
import { type Databases, layerDatabase, openOrAttachDatabases } from "../../Databases.ts"
import { SINGLE_SERVICES } from "../../SingleServices.ts"
import { check, look, whyOf } from "./Check.ts"
import { clockCheck } from "./database/ClockCheck.ts"
import { connectionLimitCheck } from "./database/ConnectionLimitCheck.ts"
import { contentCheck } from "./database/ContentCheck.ts"
import { leftBehindCheck } from "./database/LeftBehindCheck.ts"
import { type LookedAt, openSessions, type Sessions, serverOf } from "./database/LookedAt.ts"
import { migrationsCheck } from "./database/MigrationsCheck.ts"
import { reachableCheck } from "./database/ReachableCheck.ts"
import { serverCheck } from "./database/ServerCheck.ts"
import { settingsCheck } from "./database/SettingsCheck.ts"
import { transactionsCheck } from "./database/TransactionsCheck.ts"
import { ordersChecks } from "./execution/OrdersChecks.ts"
import { type Finding, fail, ok, skipped } from "./Finding.ts"
import { diskCheck } from "./machine/DiskCheck.ts"
import { homeCheck, lockCheck } from "./machine/HomeCheck.ts"
import { memoryCheck } from "./machine/MemoryCheck.ts"
import { nodeCheck } from "./machine/NodeCheck.ts"
import { openFilesCheck } from "./machine/OpenFilesCheck.ts"
import { portCheck } from "./machine/PortCheck.ts"

/** A server that has to recover may take its time. */
const OPEN_LIMIT_MS = 60_000

const AT_ONCE = { concurrency: 4 } as const

/** What is known when nothing else is: whether the environment can be used. */
const configured = Effect.map(Effect.result(loadConfiguration), (result) =>
  Result.isSuccess(result)
    ? { configuration: result.success, said: ok("the environment variables can be used") }
    : {
        configuration: undefined,
        said: fail(result.failure.problems.join("; "), "Correct the environment variables that are named.")
      }
)

const machineChecks = ({ external, home, port, servicePorts }: Configuration) => {
  const isEmbedded = DATABASES.some((name) => !external.has(name))
  const folder = isEmbedded ? home : undefined
  return [
    nodeCheck,
    memoryCheck,
    openFilesCheck,
    ...(isEmbedded ? [homeCheck(home), lockCheck(home), diskCheck(home)] : []),
    portCheck(port, "PORT", folder),
    // A port of a service that runs alone matters to whoever has set it.
    ...SINGLE_SERVICES.map((name) => [servicePorts[name], `${name.toUpperCase()}_PORT`] as const)
      .filter(([, variable]) => process.env[variable] !== undefined)
      .map(([servicePort, variable]) => portCheck(servicePort, variable, undefined))
  ]
}

const hasData = (home: string) =>
  Effect.promise(() =>
    lstat(join(home, "postgres")).then(
      () => true,
      () => false
    )
  )

/** The databases that can be opened; what stands in the way of the embedded ones is a finding. */
const opened = (configuration: Configuration) =>
  Effect.gen(function* () {
    const elsewhere = DATABASES.filter((name) => configuration.external.has(name))
    const embedded = DATABASES.filter((name) => !configuration.external.has(name))
    const external = yield* Effect.orDie(openOrAttachDatabases(configuration, elsewhere))
    const lookedAt = elsewhere.map((name) => lookedAtIn(configuration, external, name))
    const elsewhereOnly = { checkout: configuration.external.has("checkout") ? external : undefined, lookedAt }
    if (embedded.length === 0) return { ...elsewhereOnly, findings: [] }
    // What would be made in their place tells nothing.
    if (!(yield* hasData(configuration.home))) {
      const said = ok("there are no data yet")
      return { ...elsewhereOnly, findings: yield* look(check("embedded_server", null, Effect.succeed(said))) }
    }
    const result = yield* Effect.exit(
      openOrAttachDatabases(configuration, embedded).pipe(Effect.timeout(OPEN_LIMIT_MS))
    )
    if (Exit.isSuccess(result)) {
      const databases = result.value
      const both = [...lookedAt, ...embedded.map((name) => lookedAtIn(configuration, databases, name))]
      const checkout = elsewhereOnly.checkout ?? databases
      return { checkout, lookedAt: both, findings: yield* look(embeddedCheck(databases)) }
    }
    const said = fail(whyOf(result.cause), "Without it nothing of Valerix runs; what is said tells what to do.")
    const findings = yield* look(check("embedded_server", null, Effect.succeed(said)))
    return { ...elsewhereOnly, findings }
  })

const embeddedCheck = ({ isAttached }: Databases) =>
  check(
    "embedded_server",
    null,
    Effect.succeed(ok(isAttached === true ? "it runs" : "it starts, and was started to look at it"))
  )

const lookedAtIn = ({ external }: Configuration, databases: Databases, name: DatabaseName): LookedAt => {
  const service = databases.connection(name)
  const owner = external.get(name)?.owner
  const admin = databases.isExternal(name) || databases.admin === undefined ? undefined : databases.admin
  return {
    name,
    isExternal: databases.isExternal(name),
    service,
    observer: admin === undefined ? (owner ?? service) : { ...admin, database: service.database }
  }
}

const lookAtServer = (of: ReadonlyArray<readonly [LookedAt, Sessions]>) => {
  const [first] = of
  if (first === undefined) return Effect.succeed([])
  const [database, sessions] = first
  const subject = database.isExternal ? of.map(([{ name }]) => name).join(", ") : "embedded"
  return Effect.forEach(
    [
      serverCheck(subject, sessions, of.length),
      clockCheck(subject, sessions),
      transactionsCheck(subject, sessions),
      leftBehindCheck(subject, sessions)
    ],
    look
  )
}

/** What the databases and their servers say; gives which of them can be used. */
const lookAtDatabases = (all: ReadonlyArray<LookedAt>) =>
  Effect.gen(function* () {
    const reached = yield* Effect.forEach(all, (database) => look(reachableCheck(database)), AT_ONCE)
    const usable = all.filter((_, index) => reached[index]?.every(({ result }) => result === "OK") === true)
    const withSessions = yield* Effect.forEach(usable, (database) =>
      Effect.map(openSessions(database), (sessions) => [database, sessions] as const)
    )
    const servers = Map.groupBy(withSessions, ([database]) => serverOf(database)).values()
    const ofServers = yield* Effect.forEach([...servers], lookAtServer, AT_ONCE)
    const ofEach = yield* Effect.forEach(
      withSessions,
      ([database, sessions]) =>
        Effect.forEach(
          [
            settingsCheck(database.name, sessions),
            migrationsCheck(database),
            connectionLimitCheck(database, sessions),
            contentCheck(database, sessions)
          ],
          look
        ),
      AT_ONCE
    )
    const findings = [...reached.flat(), ...ofServers.flat(2), ...ofEach.flat(2)]
    const isReady = (name: DatabaseName) =>
      usable.some((database) => database.name === name) &&
      findings.some(({ check, result, subject }) => check === "migrations" && subject === name && result === "OK")
    return { findings, isReady }
  })

/** Looks at everything that an experienced operator would look at. Nothing is changed. */
export const lookAround: Effect.Effect<ReadonlyArray<Finding>, never, Scope.Scope> = Effect.gen(function* () {
  const { configuration, said } = yield* configured
  const findings = [...(yield* look(check("configuration", null, Effect.succeed(said))))]
  if (configuration === undefined) {
    const others = yield* Effect.forEach([nodeCheck, memoryCheck, openFilesCheck], look, AT_ONCE)
    return [...findings, ...others.flat()]
  }
  // The folder is looked at before anything is opened in it.
  findings.push(...(yield* Effect.forEach(machineChecks(configuration), look, AT_ONCE)).flat())
  const { checkout, findings: ofOpening, lookedAt } = yield* opened(configuration)
  const { findings: ofDatabases, isReady } = yield* lookAtDatabases(lookedAt)
  findings.push(...ofOpening, ...ofDatabases)
  if (checkout === undefined || !isReady("checkout")) {
    const said = skipped("the database of checkout cannot be used, or there is none yet")
    return [...findings, ...(yield* look(check("orders", null, Effect.succeed(said))))]
  }
  const standstills = layerStandstills(checkoutDefaults(configuration)).pipe(
    Layer.provide(layerDatabase(checkout, "checkout"))
  )
  const ofOrders = yield* Effect.forEach(ordersChecks, look).pipe(Effect.provide(standstills))
  return [...findings, ...ofOrders.flat()]
})
