import { Effect, Redacted, Schema } from "effect"

/** Where a database is and who logs in. `host` is a hostname or, beginning with `/`, the directory of a Unix socket. */
export interface DatabaseConnection {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly username: string
  readonly password: Redacted.Redacted
  readonly ssl?: SslMode
}

export type SslMode = typeof SslMode.Type
const SslMode = Schema.Literals(["disable", "require", "verify-full"])

/** A database URL that cannot be used. The message names the part that is wrong and never repeats the URL. */
export class InvalidDatabaseUrl extends Schema.TaggedError<InvalidDatabaseUrl>()("InvalidDatabaseUrl", {
  problem: Schema.String
}) {
  override get message(): string {
    return `The database URL cannot be used: ${this.problem}. Expected postgres://user:password@host:5432/database, with characters such as @ / ? # % in the user name and the password percent-encoded.`
  }
}

const portDefault = 5432
const ignoredParameters = new Set(["application_name", "connect_timeout", "channel_binding"])
const knownParameters = new Set(["host", "port", "sslmode", ...ignoredParameters])

const invalid = (problem: string) => new InvalidDatabaseUrl({ problem })

const decodePart = (part: string, name: string): Effect.Effect<string, InvalidDatabaseUrl> =>
  Effect.try({
    try: () => decodeURIComponent(part),
    catch: () => invalid(`its ${name} is not properly percent-encoded`)
  })

/**
 * WHATWG URLs allow no credentials without a host, PostgreSQL's do (`postgres://user:password@/database?host=/run/pg`).
 * The stand-in host is never used, because such a URL has to name its host as a parameter.
 */
const hostMissing = /^(postgres(?:ql)?:\/\/[^/?#]*@)(?=[/?]|$)/

const parse = (text: string): Effect.Effect<{ readonly url: URL; readonly hasHost: boolean }, InvalidDatabaseUrl> => {
  if (!/^postgres(ql)?:\/\//.test(text)) return Effect.fail(invalid("it does not begin with postgres://"))
  const hasHost = !hostMissing.test(text)
  const parseable = hasHost ? text : text.replace(hostMissing, "$1parameter")
  return URL.canParse(parseable)
    ? Effect.succeed({ url: new URL(parseable), hasHost })
    : Effect.fail(invalid("its host or port cannot be read"))
}

const parsePort = (text: string): Effect.Effect<number, InvalidDatabaseUrl> => {
  const port = text === "" ? portDefault : Number(text)
  return Number.isInteger(port) && port > 0 && port < 65536
    ? Effect.succeed(port)
    : Effect.fail(invalid("its port is not a number from 1 to 65535"))
}

const parseSsl = (mode: string | null): Effect.Effect<{ readonly ssl?: SslMode }, InvalidDatabaseUrl> =>
  mode === null
    ? Effect.succeed({})
    : Schema.decodeUnknownEffect(SslMode)(mode).pipe(
        Effect.map((ssl) => ({ ssl })),
        Effect.mapError(() => invalid("sslmode must be disable, require or verify-full"))
      )

const fromUrl = Effect.fnUntraced(function* (
  redacted: Redacted.Redacted
): Effect.fn.Return<DatabaseConnection, InvalidDatabaseUrl> {
  const { url, hasHost } = yield* parse(Redacted.value(redacted).trim())
  if (url.hash !== "") return yield* invalid("it has a part that begins with #")
  const unknownParameter = [...url.searchParams.keys()].find((name) => !knownParameters.has(name))
  if (unknownParameter !== undefined) {
    return yield* invalid("it has a parameter other than host, port, sslmode, application_name and connect_timeout")
  }
  const host = url.searchParams.get("host") ?? (hasHost ? yield* decodePart(url.hostname, "host") : "")
  if (host === "") return yield* invalid("its host is missing")
  if (host.includes(",")) return yield* invalid("it names more than one host")
  const username = yield* decodePart(url.username, "user name")
  if (username === "") return yield* invalid("its user name is missing")
  const database = yield* decodePart(url.pathname.slice(1), "database name")
  if (database === "" || database.includes("/")) return yield* invalid("its database name is missing or has a slash")
  return {
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port: yield* parsePort(url.searchParams.get("port") ?? url.port),
    database,
    username,
    password: Redacted.make(yield* decodePart(url.password, "password")),
    ...(yield* parseSsl(url.searchParams.get("sslmode")))
  }
})

export const DatabaseConnection = {
  /**
   * Reads a `postgres://` or `postgresql://` URL as PostgreSQL's own clients do, sockets (`?host=/run/postgresql`) and
   * `?sslmode=` included. Fails with `InvalidDatabaseUrl`, which can be printed: it holds nothing of the URL.
   */
  fromUrl
}
