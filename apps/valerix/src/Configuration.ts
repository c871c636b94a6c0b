import { DatabaseConnection } from "@valerix/database/embedded"
import { logLevelConfig } from "@valerix/telemetry"
import { Config, ConfigProvider, Data, Effect, Option, Result, Runtime } from "effect"
import { DATABASES, type DatabaseName } from "./DatabaseNames.ts"
import { PROFILES } from "./Profiles.ts"
import { EXIT } from "./terminal/ExitCodes.ts"

/** Where a database is, when it is not on the embedded server. */
export interface ExternalDatabase {
  readonly service: DatabaseConnection
  /** The login that owns the database, for migrations; without it they are left to `valerix migrate`. */
  readonly owner: DatabaseConnection | undefined
}

export interface Configuration {
  readonly home: string
  readonly port: number
  readonly servicePorts: Readonly<Record<"orders" | "inventory" | "payments", number>>
  /** Where services are reached in their shortest form; none: not at all. */
  readonly shortPorts: Readonly<Record<"orders" | "inventory" | "payments", number | undefined>>
  readonly external: ReadonlyMap<DatabaseName, ExternalDatabase>
  readonly pollIntervalMs: number
  readonly retryDelaysMs: ReadonlyArray<number>
  readonly downstreamLimitMs: number
  readonly mockLatencyMs: number
  readonly mockFailureRate: number
  readonly mockDeclineRate: number
  readonly hasDemoProducts: boolean
  readonly hasGremlins: boolean
}

/** Environment variables that cannot be used, all of them; the process does not start. */
export class ConfigurationInvalid extends Data.TaggedError("ConfigurationInvalid")<{
  readonly problems: ReadonlyArray<string>
}> {
  override readonly [Runtime.errorExitCode] = EXIT.USAGE
  override get message(): string {
    return ["The configuration cannot be used:", ...this.problems.map((problem) => `  ${problem}`)].join("\n")
  }
}

const RETRY_DELAYS_MAX = 20

/** Reads the environment. Every variable is optional; all that are wrong are reported together. */
export const loadConfiguration: Effect.Effect<Configuration, ConfigurationInvalid> = Effect.gen(function* () {
  const named = Result.getOrElse(yield* Effect.result(Config.option(Config.String("VALERIX_PROFILE"))), Option.none)
  const profile = Option.getOrUndefined(named)
  const set = profile === undefined ? {} : Object.hasOwn(PROFILES, profile) ? PROFILES[profile] : undefined
  const given = yield* ConfigProvider.ConfigProvider
  return yield* Effect.provideService(
    readConfiguration(set === undefined ? [`VALERIX_PROFILE must be ${Object.keys(PROFILES).join(" or ")}`] : []),
    ConfigProvider.ConfigProvider,
    ConfigProvider.orElse(given, ConfigProvider.fromUnknown(set ?? {}))
  )
})

const readConfiguration = Effect.fnUntraced(function* (known: ReadonlyArray<string>) {
  const problems = [...known]

  const read = <A>(
    name: string,
    config: (name: string) => Config.Config<A>,
    fallback: A,
    isValid: (value: A) => boolean,
    expected: string
  ) =>
    Effect.map(Effect.result(Config.option(config(name))), (result) => {
      if (Result.isFailure(result)) {
        problems.push(`${name} must be ${expected}`)
        return fallback
      }
      const value = Option.getOrElse(result.success, () => fallback)
      if (!isValid(value)) problems.push(`${name} must be ${expected}`)
      return value
    })

  const integer = (name: string, fallback: number, minimum: number, maximum: number) =>
    read(
      name,
      (key) => Config.Int(key),
      fallback,
      (value) => value >= minimum && value <= maximum,
      `a whole number from ${minimum} to ${maximum}`
    )
  const port = (name: string, fallback: number) => integer(name, fallback, 0, 65_535)

  const shortPort = (name: string) =>
    read(
      name,
      (key): Config.Config<number | undefined> => Config.Int(key),
      undefined,
      (value) => value === undefined || (value >= 0 && value <= 65_535),
      "a whole number from 0 to 65535"
    )
  const rate = (name: string) =>
    read(
      name,
      (key) => Config.Number(key),
      0,
      (value) => value >= 0 && value <= 1,
      "a number from 0 to 1"
    )
  const isWanted = (name: string) =>
    read(
      name,
      (key) => Config.Boolean(key),
      false,
      () => true,
      "true or false"
    )

  const databaseUrl = Effect.fnUntraced(function* (name: string) {
    const url = yield* Effect.result(Config.option(Config.Redacted(name)))
    if (Result.isFailure(url) || Option.isNone(url.success)) return undefined
    const connection = yield* Effect.result(DatabaseConnection.fromUrl(url.success.value))
    if (Result.isSuccess(connection)) return connection.success
    problems.push(`${name}: ${connection.failure.message}`)
    return undefined
  })

  const retrySchedule = Effect.gen(function* () {
    const name = "RETRY_SCHEDULE_MS"
    const text = yield* read(
      name,
      (key) => Config.String(key),
      "1000,4000,16000,64000",
      () => true,
      "text"
    )
    const delays = text.split(",").map((part) => Number(part.trim()))
    const isUsable =
      delays.length <= RETRY_DELAYS_MAX &&
      delays.every((delay) => Number.isInteger(delay) && delay >= 1 && delay <= 86_400_000)
    if (!isUsable)
      problems.push(
        `${name} must be 1 to ${RETRY_DELAYS_MAX} whole numbers of milliseconds from 1 to 86400000, separated by commas`
      )
    return delays
  })

  if (Result.isFailure(yield* Effect.result(logLevelConfig)))
    problems.push("LOG_LEVEL must be trace, debug, info, warn, error, fatal or off")

  const external = new Map<DatabaseName, ExternalDatabase>()
  for (const name of DATABASES) {
    const variable = name.toUpperCase()
    const service = yield* databaseUrl(`DATABASE_URL_${variable}`)
    const owner = yield* databaseUrl(`DATABASE_OWNER_URL_${variable}`)
    if (service !== undefined) external.set(name, { service, owner })
    else if (owner !== undefined)
      problems.push(`DATABASE_OWNER_URL_${variable} is set, and DATABASE_URL_${variable} is not`)
  }

  const placed = new Map<string, DatabaseName>()
  for (const [name, { service }] of external) {
    const place = JSON.stringify([service.host, service.port, service.database])
    const other = placed.get(place)
    if (other === undefined) placed.set(place, name)
    else {
      const [one, two] = [name, other].map((each) => `DATABASE_URL_${each.toUpperCase()}`)
      problems.push(`${one} names the same database as ${two}; each service has a database of its own`)
    }
  }

  const configuration: Configuration = {
    home: yield* read(
      "VALERIX_HOME",
      (key) => Config.String(key),
      ".valerix",
      (value) => value.trim() !== "",
      "a folder"
    ),
    port: yield* port("PORT", 8080),
    servicePorts: {
      orders: yield* port("ORDERS_PORT", 8082),
      inventory: yield* port("INVENTORY_PORT", 8083),
      payments: yield* port("PAYMENTS_PORT", 8085)
    },
    shortPorts: {
      orders: yield* shortPort("SHORT_ORDERS_PORT"),
      inventory: yield* shortPort("SHORT_INVENTORY_PORT"),
      payments: yield* shortPort("SHORT_PAYMENTS_PORT")
    },
    external,
    pollIntervalMs: yield* integer("POLL_INTERVAL_MS", 5_000, 10, 3_600_000),
    retryDelaysMs: yield* retrySchedule,
    downstreamLimitMs: yield* integer("DOWNSTREAM_TIMEOUT_MS", 2_000, 10, 60_000),
    mockLatencyMs: yield* integer("MOCK_LATENCY_MS", 0, 0, 60_000),
    mockFailureRate: yield* rate("MOCK_FAILURE_RATE"),
    mockDeclineRate: yield* rate("MOCK_DECLINE_RATE"),
    hasDemoProducts: yield* isWanted("DEMO_PRODUCTS"),
    hasGremlins: yield* isWanted("GREMLIN")
  }
  problems.push(...sharedPorts(configuration))
  return problems.length > 0 ? yield* new ConfigurationInvalid({ problems }) : configuration
})

/** Two doors of one process cannot be at one port; the system chooses a free one for each that is 0. */
const sharedPorts = ({ port, shortPorts }: Configuration): ReadonlyArray<string> => {
  const taken = new Map<number, string>([[port, "PORT"]])
  return Object.entries(shortPorts).flatMap(([service, shortPort]) => {
    const variable = `SHORT_${service.toUpperCase()}_PORT`
    const other = shortPort === undefined || shortPort === 0 ? undefined : taken.get(shortPort)
    if (shortPort !== undefined && other === undefined) taken.set(shortPort, variable)
    return other === undefined ? [] : [`${variable} is the same port as ${other}`]
  })
}
