import { readdir, readFile, readlink } from "node:fs/promises"
import { Effect } from "effect"

export interface PortHolder {
  readonly processId: number
  readonly program: string
}

const LISTENING = "0A"
const PROCESSES_MAX = 20_000

/** The sockets that listen on a port, by their inodes. */
const listeningOn = async (port: number): Promise<ReadonlySet<string>> => {
  const hex = port.toString(16).toUpperCase().padStart(4, "0")
  const sockets = new Set<string>()
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const text = await readFile(table, "utf8").catch(() => "")
    for (const line of text.split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/)
      if (local.endsWith(`:${hex}`) && state === LISTENING) sockets.add(`socket:[${inode}]`)
    }
  }
  return sockets
}

const holds = async (processId: string, sockets: ReadonlySet<string>): Promise<boolean> => {
  const folder = `/proc/${processId}/fd`
  for (const descriptor of await readdir(folder).catch(() => [])) {
    const target = await readlink(`${folder}/${descriptor}`).catch(() => "")
    if (sockets.has(target)) return true
  }
  return false
}

/** Who listens on a port of this machine; none where the system does not tell, or not to this user. */
export const holderOfPort = (port: number): Effect.Effect<PortHolder | undefined> =>
  Effect.promise(async () => {
    const sockets = await listeningOn(port)
    if (sockets.size === 0) return undefined
    const processes = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name))
    for (const processId of processes.slice(0, PROCESSES_MAX)) {
      if (!(await holds(processId, sockets))) continue
      const program = (await readFile(`/proc/${processId}/comm`, "utf8").catch(() => "")).trim()
      return { processId: Number(processId), program }
    }
    return undefined
  })
