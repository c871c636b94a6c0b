import type { Credentials, ServiceRole } from "./Credentials.ts"
import type { DatabaseConnection } from "./DatabaseConnection.ts"
import { adminUsername } from "./InitializeData.ts"

/** How a service reaches its database on the embedded server, as one of its two logins. */
export const serviceConnection = (
  { host, port }: Pick<DatabaseConnection, "host" | "port">,
  credentials: Credentials,
  service: string,
  role: ServiceRole
): DatabaseConnection => {
  const passwords = credentials.services[service]
  if (passwords === undefined) throw new Error(`The embedded server was opened without a database for "${service}".`)
  return { host, port, ssl: "disable", database: service, username: `${service}_${role}`, password: passwords[role] }
}

/** How the superuser of the embedded server reaches it. */
export const adminConnection = (
  { host, port }: Pick<DatabaseConnection, "host" | "port">,
  credentials: Credentials
): DatabaseConnection => ({
  host,
  port,
  ssl: "disable",
  database: "postgres",
  username: adminUsername,
  password: credentials.admin
})
