import { execFile } from "node:child_process"
import { chmod, mkdir, rm, statfs } from "node:fs/promises"
import { promisify } from "node:util"
import { Effect } from "effect"

const run = promisify(execFile)

/** A file system of the campaign's own, which can be made full and be given room again. */
export interface Disk {
  readonly folder: string
  /** Leaves no room beyond what is used now. */
  readonly fill: Effect.Effect<void>
  readonly free: Effect.Effect<void>
}

const KIBIBYTE = 1024
const FILL_TIMES = 20
/** Half of the machine's memory, as it is by default. */
const ROOMY = "50%"

/** Mounts a file system in memory on a folder, or uses the one that is there; none where that is not possible. */
export const mountDisk = (folder: string): Effect.Effect<Disk | undefined> =>
  Effect.promise(async () => {
    await mkdir(folder, { recursive: true })
    if (!(await isMounted(folder))) await run("mount", ["-t", "tmpfs", "-o", `size=${ROOMY}`, "valerix-crash", folder])
    // PostgreSQL runs as another user where root starts it, and has to get through.
    await chmod(folder, 0o711)
    const resize = (size: string) => Effect.tryPromise(() => run("mount", ["-o", `remount,size=${size}`, folder]))
    const used = Effect.promise(async () => {
      const { bfree, blocks, bsize } = await statfs(folder)
      return Math.ceil(((blocks - bfree) * bsize) / KIBIBYTE)
    })
    // It cannot be made smaller than what is on it, and PostgreSQL may have written since that was measured.
    const fill = Effect.flatMap(used, (kibibytes) => resize(`${kibibytes}k`)).pipe(Effect.retry({ times: FILL_TIMES }))
    return {
      folder,
      fill: Effect.orDie(Effect.asVoid(fill)),
      free: Effect.orDie(Effect.asVoid(resize(ROOMY)))
    }
  }).pipe(Effect.catchDefect(() => Effect.undefined))

const isMounted = async (folder: string): Promise<boolean> => {
  const { stdout } = await run("mount", [])
  return stdout.includes(` ${folder} type tmpfs `)
}

/** Takes the file system away, with all that is on it. */
export const removeDisk = (folder: string): Effect.Effect<void> =>
  Effect.promise(async () => {
    // Where none could be mounted, the folder holds the data itself.
    await run("umount", [folder]).catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  })
