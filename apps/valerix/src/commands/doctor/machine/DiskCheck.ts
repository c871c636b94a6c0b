import { realpath, statfs } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { bytesText, GIBIBYTE, MEBIBYTE } from "../Bytes.ts"
import { check } from "../Check.ts"
import { fail, ok, type Said, warn } from "../Finding.ts"
import { nearestExisting } from "./ExistingFolder.ts"

const BYTES_LEAST = 256 * MEBIBYTE
const BYTES_ENOUGH = 2 * GIBIBYTE
/** A large disk that is nearly full has room for a while, and little time. */
const BYTES_ENOUGH_WHEN_NEARLY_FULL = 20 * GIBIBYTE
const NEARLY_FULL = 0.05
const INODES_LEAST = 0.01
const INODES_ENOUGH = 0.05

export interface Disk {
  readonly freeBytes: number
  readonly totalBytes: number
  readonly freeInodes: number
  /** 0 where the file system makes them as they are needed. */
  readonly totalInodes: number
}

export const judgeDisk = (folder: string, disk: Disk): ReadonlyArray<Said> => {
  const { freeBytes, freeInodes, totalBytes, totalInodes } = disk
  const found = `${bytesText(freeBytes)} of ${bytesText(totalBytes)} are free where ${folder} is`
  const advice =
    "Free some, or move VALERIX_HOME to a larger disk: PostgreSQL stops when it is full, and no order is accepted."
  const isTight =
    freeBytes < BYTES_ENOUGH || (freeBytes < totalBytes * NEARLY_FULL && freeBytes < BYTES_ENOUGH_WHEN_NEARLY_FULL)
  const space = freeBytes < BYTES_LEAST ? fail(found, advice) : isTight ? warn(found, advice) : ok(found)
  if (totalInodes === 0) return [space]
  const share = freeInodes / totalInodes
  if (share >= INODES_ENOUGH) return [space]
  const files = `room for ${freeInodes} more files (inodes) is left where ${folder} is`
  const remove =
    "Remove small files that nobody needs there: without an inode nothing can be made, however much is free."
  return [space, share < INODES_LEAST ? fail(files, remove) : warn(files, remove)]
}

/** The disk that the data lie on, or will. */
export const diskCheck = (home: string) =>
  check(
    "disk",
    null,
    Effect.tryPromise(async () => {
      const data = await realpath(join(home, "postgres")).catch(() => nearestExisting(home))
      const { bavail, blocks, bsize, ffree, files } = await statfs(data)
      return judgeDisk(data, {
        freeBytes: bavail * bsize,
        totalBytes: blocks * bsize,
        freeInodes: ffree,
        totalInodes: files
      })
    })
  )
