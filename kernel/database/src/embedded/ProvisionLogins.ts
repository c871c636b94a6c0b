import { Effect, type Redacted, Schema } from "effect"
import { SESSION_LIMITS } from "../Limits.ts"
import type { Credentials } from "./Credentials.ts"
import type { PostgresSession } from "./PostgresSession.ts"
import { scramVerifier, verifies } from "./ScramVerifier.ts"

/** A login of the server as it should be. None of them may do more than what it owns or was granted. */
export interface Login {
  readonly name: string
  readonly password: Redacted.Redacted
  readonly settings: Readonly<Record<string, string>>
}

const ExistingLogin = Schema.Struct({
  name: Schema.String,
  ordinary: Schema.Boolean,
  verifier: Schema.NullOr(Schema.String),
  settings: Schema.Array(Schema.String)
})
export type ExistingLogin = typeof ExistingLogin.Type

const readExisting = `
  SELECT rolname AS name, rolpassword AS verifier, coalesce(setconfig, '{}') AS settings,
    rolcanlogin AND NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication) AS ordinary
  FROM pg_authid LEFT JOIN pg_db_role_setting ON setrole = pg_authid.oid AND setdatabase = 0
  WHERE rolname = ANY($1)`

/** The two logins of a service: the owner of its database, and the one the service itself works with. */
export const loginsOf = (service: string, credentials: Credentials): ReadonlyArray<Login> => {
  const passwords = credentials.services[service]
  if (passwords === undefined) return []
  // No statement of a service runs without a limit, whatever its client; migrations, which the owner runs, set their own.
  return [
    { name: `${service}_owner`, password: passwords.owner, settings: {} },
    { name: `${service}_service`, password: passwords.service, settings: SESSION_LIMITS }
  ]
}

export const readLogins = Effect.fnUntraced(function* (session: PostgresSession, logins: ReadonlyArray<Login>) {
  const rows = yield* session.run(readExisting, [logins.map(({ name }) => name)])
  const existing = yield* Schema.decodeUnknownEffect(Schema.Array(ExistingLogin))(rows)
  return new Map(existing.map((login) => [login.name, login]))
})

const ordinary = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"

/** The statements that make a login what it should be; none when it is. They hold verifiers, never passwords. */
export const loginStatements = async (
  login: Login,
  existing: ExistingLogin | undefined
): Promise<ReadonlyArray<string>> => {
  const statements: Array<string> = []
  const password = async () => `PASSWORD '${await scramVerifier(login.password)}'`
  if (existing === undefined) statements.push(`CREATE ROLE "${login.name}" ${ordinary} ${await password()}`)
  if (existing?.ordinary === false) statements.push(`ALTER ROLE "${login.name}" ${ordinary}`)
  if (existing !== undefined && !(await verifies(existing.verifier ?? "", login.password))) {
    statements.push(`ALTER ROLE "${login.name}" ${await password()}`)
  }
  for (const [setting, value] of Object.entries(login.settings)) {
    if (existing?.settings.includes(`${setting}=${value}`) === true) continue
    statements.push(`ALTER ROLE "${login.name}" SET ${setting} = '${value}'`)
  }
  return statements
}
