import { randomBytes } from "node:crypto"
import { lchown, open, rename, stat } from "node:fs/promises"
import { dirname } from "node:path"
import { Effect, Predicate } from "effect"
import { because, type EmbeddedServerError, FileAccessFailed } from "./EmbeddedServerError.ts"

export interface FileOwner {
  readonly uid: number
  readonly gid: number
}

/** The code of a system error (`EACCES`, `ENOSPC`), or its message where there is none. */
export const errorCode = (cause: unknown): string => {
  if (Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code)) return cause.code
  return cause instanceof Error ? cause.message : String(cause)
}

/** Runs a file operation; its failure names the operation and the path. */
export const accessing = <A>(
  operation: string,
  path: string,
  run: () => Promise<A>
): Effect.Effect<A, EmbeddedServerError> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => because(new FileAccessFailed({ operation, path, detail: errorCode(cause) }))
  })

/** What root creates in somebody's folder belongs to that somebody; without root a file is one's own anyway. */
export const ownerOf = async (path: string): Promise<FileOwner | undefined> => {
  if (process.getuid?.() !== 0) return undefined
  const { uid, gid } = await stat(path)
  return { uid, gid }
}

/** Replaces a file as a whole: a crash leaves the old content or the new, durable, never a part. */
export const writeDurably = async (path: string, content: string, mode: number, owner: FileOwner | undefined) => {
  const written = `${path}.${randomBytes(4).toString("hex")}`
  const file = await open(written, "wx", mode)
  try {
    await file.writeFile(content)
    if (owner !== undefined) await file.chown(owner.uid, owner.gid)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(written, path)
  await syncDirectory(dirname(path))
}

/** Makes renames within a directory durable. */
export const syncDirectory = async (path: string) => {
  const directory = await open(path, "r")
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** Never follows a link: root works in folders that others can write to. */
export const giveTo = async (path: string, owner: FileOwner | undefined) => {
  if (owner !== undefined) await lchown(path, owner.uid, owner.gid)
}
