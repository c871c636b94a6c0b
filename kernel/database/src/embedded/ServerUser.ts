import { stat } from "node:fs/promises"
import { userInfo } from "node:os"
import { Effect } from "effect"
import { because, type EmbeddedServerError, NoServerUser } from "./EmbeddedServerError.ts"
import { type RunAs, runProgram } from "./RunProgram.ts"

/** As whom PostgreSQL runs, and the owner of everything that it reads and writes. */
export interface ServerUser {
  readonly name: string
  /** `undefined` on platforms without user ids. */
  readonly uid: number | undefined
  /** Set when this process is root and has to become that user. */
  readonly as: RunAs
}

const programTimeoutMs = 10_000
const created = "valerix"
const existing = ["postgres", created]

const idOf = (flag: "-u" | "-g" | "-un", user: string) =>
  runProgram({ command: "id", args: [flag, user], timeoutMs: programTimeoutMs }).pipe(
    Effect.map(({ code, output }) => (code === 0 ? output : undefined))
  )

const lookUp = Effect.fnUntraced(function* (user: string): Effect.fn.Return<ServerUser | undefined> {
  const [uid, gid, name] = yield* Effect.all([idOf("-u", user), idOf("-g", user), idOf("-un", user)], {
    concurrency: "unbounded"
  })
  if (uid === undefined || gid === undefined || name === undefined || Number(uid) === 0) return undefined
  return { name, uid: Number(uid), as: { uid: Number(uid), gid: Number(gid) } }
})

/** How the common systems create a user who cannot log in: shadow-utils first, then busybox. */
const creations = [
  `useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /bin/false ${created}`,
  `addgroup -S ${created} && adduser -S -D -H -h /nonexistent -s /bin/false -G ${created} ${created}`
]
const noSuchCommand = 127

const create = Effect.gen(function* () {
  for (const creation of creations) {
    const command = { command: "/bin/sh", args: ["-c", creation], timeoutMs: programTimeoutMs }
    const { code, output } = yield* runProgram(command)
    if (code === noSuchCommand) continue
    // Another start may have created it in the meantime, so the user counts, not the exit code.
    const user = yield* lookUp(created)
    if (user !== undefined) return user
    return yield* because(new NoServerUser({ detail: output.split("\n")[0] ?? "" }))
  }
  return yield* because(new NoServerUser({ detail: "this system has neither useradd nor adduser" }))
})

const ownerOfData = (data: string) =>
  Effect.tryPromise(() => stat(data)).pipe(
    Effect.map(({ uid }) => (uid === 0 ? undefined : uid)),
    Effect.orElseSucceed(() => undefined)
  )

/**
 * Finds the user for PostgreSQL. Without root that is the user of this process. As root it is the owner of data that
 * exist already, else the user `postgres` or `valerix`, who is created when neither exists. Fails with `NoServerUser`.
 */
export const findServerUser = Effect.fn("EmbeddedServer.findServerUser")(function* (
  data: string
): Effect.fn.Return<ServerUser, EmbeddedServerError> {
  const uid = process.getuid?.()
  if (uid !== 0) return { name: uid === undefined ? userInfo().username : `with id ${uid}`, uid, as: undefined }
  const owner = yield* ownerOfData(data)
  const candidates = owner === undefined ? existing : [String(owner)]
  for (const candidate of candidates) {
    const user = yield* lookUp(candidate)
    if (user !== undefined) return user
  }
  if (owner !== undefined) {
    return yield* because(new NoServerUser({ detail: `${data} belongs to the user id ${owner}, whom nobody knows` }))
  }
  return yield* create
})
