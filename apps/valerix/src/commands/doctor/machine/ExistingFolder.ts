import { stat } from "node:fs/promises"
import { dirname, resolve } from "node:path"

/** The folder itself, or the nearest one above it that exists. */
export const nearestExisting = async (path: string): Promise<string> => {
  const full = resolve(path)
  const isThere = await stat(full).then(
    () => true,
    () => false
  )
  return isThere || dirname(full) === full ? full : nearestExisting(dirname(full))
}
