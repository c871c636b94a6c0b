import { randomBytes } from "node:crypto"
import { chmod, readFile, stat } from "node:fs/promises"
import { Effect, Redacted, Schema } from "effect"
import { because, CredentialsUnusable, type EmbeddedServerError } from "./EmbeddedServerError.ts"
import { accessing, errorCode, writeDurably } from "./FileAccess.ts"
import type { HomeFolder } from "./HomeFolder.ts"

export type ServiceRole = "owner" | "service"

const ServiceCredentials = Schema.Struct({
  owner: Schema.RedactedFromValue(Schema.NonEmptyString),
  service: Schema.RedactedFromValue(Schema.NonEmptyString)
})

/** The generated passwords of one home: of the server's administrator and of the two logins of each service. */
export type Credentials = typeof Credentials.Type
const Credentials = Schema.Struct({
  admin: Schema.RedactedFromValue(Schema.NonEmptyString),
  services: Schema.Record(Schema.String, ServiceCredentials)
})

const CredentialsFile = Schema.fromJsonString(Credentials)
const fileMode = 0o600
const passwordBytes = 24

const generate = () => Redacted.make(randomBytes(passwordBytes).toString("base64url"))

/** Reads the home's passwords; `undefined` when there are none yet. Fails with `CredentialsUnusable`. */
export const readCredentials = (home: HomeFolder): Effect.Effect<Credentials | undefined, EmbeddedServerError> =>
  Effect.tryPromise({
    try: async () => {
      const { mode } = await stat(home.credentials)
      if ((mode & 0o077) !== 0) await chmod(home.credentials, fileMode)
      return await readFile(home.credentials, "utf8")
    },
    catch: errorCode
  }).pipe(
    Effect.flatMap((text) =>
      // What a decoder says may repeat what it read, so its message goes no further.
      Effect.mapError(Schema.decodeUnknownEffect(CredentialsFile)(text), () => "its content is not what Valerix wrote")
    ),
    Effect.catch((detail) =>
      detail === "ENOENT"
        ? Effect.succeed(undefined)
        : Effect.fail(because(new CredentialsUnusable({ file: home.credentials, detail })))
    )
  )

/**
 * Reads the home's passwords, generating those that are still missing and keeping them in a file that only its owner
 * can read. Fails with `CredentialsUnusable` when the data exist but their passwords do not.
 */
export const loadCredentials = Effect.fn("EmbeddedServer.loadCredentials")(function* (
  home: HomeFolder,
  services: ReadonlyArray<string>,
  dataExist: boolean
): Effect.fn.Return<Credentials, EmbeddedServerError> {
  const found = yield* readCredentials(home)
  if (found === undefined && dataExist) {
    return yield* because(new CredentialsUnusable({ file: home.credentials, detail: "it is missing" }))
  }
  const missing = services.filter((service) => found?.services[service] === undefined)
  if (found !== undefined && missing.length === 0) return found
  const credentials: Credentials = {
    admin: found?.admin ?? generate(),
    services: {
      ...found?.services,
      ...Object.fromEntries(missing.map((service) => [service, { owner: generate(), service: generate() }]))
    }
  }
  const text = yield* Effect.orDie(Schema.encodeEffect(CredentialsFile)(credentials))
  yield* accessing("write", home.credentials, () => writeDurably(home.credentials, `${text}\n`, fileMode, home.owner))
  return credentials
})
