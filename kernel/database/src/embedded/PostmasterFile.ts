import { constants, readFile } from "node:fs/promises"
import { join } from "node:path"
import { errorCode } from "./FileAccess.ts"
import { isAlive } from "./ProcessSignal.ts"

/** Where a server says what it is: a line each for its process, data, start, port, socket, address, memory and state. */
export const postmasterFile = (data: string): string => join(data, "postmaster.pid")

/** The file's content; `undefined` when there is none, because no server runs or ran here. */
export const readPostmaster = (file: string): Promise<string | undefined> =>
  // The folder belongs to PostgreSQL's user, so root does not follow what could be a link of that user.
  readFile(file, { encoding: "utf8", flag: constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) }).catch(
    (cause: unknown) => {
      if (errorCode(cause) === "ENOENT") return undefined
      throw cause
    }
  )

/** The process that the file names, if there is such a process. */
export const livingProcessIn = (content: string | undefined): number | undefined => {
  const processId = Number(content?.split("\n")[0])
  return Number.isInteger(processId) && processId > 0 && isAlive(processId) ? processId : undefined
}

/** What a server that accepts connections says of itself. */
export interface Postmaster {
  readonly processId: number
  readonly port: number
  /** Empty when the server has no Unix socket. */
  readonly socketDirectory: string
  readonly address: string
}

/** What the file says; `undefined` when its server is gone, or still starting or already stopping. */
export const readyPostmaster = (content: string | undefined): Postmaster | undefined => {
  const processId = livingProcessIn(content)
  const [, , , port = "", socketDirectory = "", address = "", , state = ""] = content?.split("\n") ?? []
  return processId !== undefined && state.trim() === "ready"
    ? { processId, port: Number(port), socketDirectory, address }
    : undefined
}
