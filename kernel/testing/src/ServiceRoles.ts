import { createHmac } from "node:crypto"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { Effect, Redacted } from "effect"
import { ddl, exclusively, withSession } from "./AdminSession.ts"

export type ServiceRole = "owner" | "service"

/** The login of a role of a service, in a database of the tests. */
export const roleConnection = (
  admin: DatabaseConnection,
  service: string,
  role: ServiceRole,
  database: string
): DatabaseConnection => {
  const username = `${service}_${role}`
  return { ...admin, database, username, password: passwordOf(admin, username) }
}

/** Roles belong to the whole server, so every worker and every run has to know their passwords: they are derived. */
const passwordOf = (admin: DatabaseConnection, username: string) =>
  Redacted.make(createHmac("sha256", Redacted.value(admin.password)).update(username).digest("base64url"))

/** Creates a service's two logins where they are missing. One that exists keeps its password, whoever made it. */
export const createServiceRoles = (admin: DatabaseConnection, service: string) =>
  exclusively(
    admin,
    "roles",
    withSession(admin, (sql) =>
      Effect.forEach(["owner", "service"] as const, (role) =>
        Effect.gen(function* () {
          const { password, username } = roleConnection(admin, service, role, admin.database)
          const [found] = yield* sql`SELECT 1 FROM pg_roles WHERE rolname = ${username}`
          if (found !== undefined) return
          yield* ddl(sql, "CREATE ROLE %I LOGIN PASSWORD %L", username, Redacted.value(password))
        })
      )
    )
  )
