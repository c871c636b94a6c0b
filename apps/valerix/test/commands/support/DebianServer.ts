import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { Effect, Redacted, type Scope } from "effect"

const INSTALLED = "/usr/lib/postgresql"
const PASSWORD = "superuser-password"

/** PostgreSQL refuses to run as root; the package has made a user for it. */
const identity = (): { readonly uid: number; readonly gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
  return { uid: idOf("-u"), gid: idOf("-g") }
}

/** The major versions, from 15 on, that Debian's packages have installed on this machine. */
export const debianMajors: ReadonlyArray<string> = existsSync(INSTALLED)
  ? readdirSync(INSTALLED).filter(
      (major) => Number(major) >= 15 && existsSync(join(INSTALLED, major, "bin", "postgres"))
    )
  : []

/** Runs such a server in a folder until the scope closes; gives its superuser. It listens on a socket in the folder. */
export const startDebianServer = (
  major: string,
  folder: string
): Effect.Effect<DatabaseConnection, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const as = identity()
        const home = join(folder, `pg${major}`)
        const password = join(home, "password")
        mkdirSync(home)
        writeFileSync(password, PASSWORD)
        if (as !== undefined) for (const path of [home, password]) chownSync(path, as.uid, as.gid)
        const program = (name: string) => join(INSTALLED, major, "bin", name)
        const data = join(home, "data")
        const initdb = ["-D", data, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${password}`, "--no-sync"]
        execFileSync(program("initdb"), initdb, { ...as, cwd: "/", stdio: "ignore" })
        const options = ["-D", data, "-k", home, "-c", "listen_addresses=", "-c", "fsync=off"]
        return { home, server: spawn(program("postgres"), options, { ...as, cwd: "/", stdio: "ignore" }) }
      }),
      ({ server }) =>
        Effect.promise(async () => {
          const ended = once(server, "exit")
          server.kill("SIGQUIT")
          await ended
        })
    ),
    ({ home }) => ({
      host: home,
      port: 5432,
      database: "postgres",
      username: "postgres",
      password: Redacted.make(PASSWORD)
    })
  )
