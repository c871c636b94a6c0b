import { Effect } from "effect"
import { check } from "../Check.ts"
import { fail, ok, type Said, skipped, warn } from "../Finding.ts"
import { saidBy } from "../RunBriefly.ts"

const LEAST = 256
/** Every connection of a caller is a file. */
const ENOUGH = 4_096

export const judgeOpenFiles = (said: string | undefined): Said => {
  if (said === undefined) return skipped("this system has no shell to ask")
  if (said === "unlimited") return ok("as many as are wanted")
  const count = Number(said)
  if (!Number.isInteger(count)) return skipped("the shell did not say")
  const advice = `Let the process open more: ulimit -n 65536, or LimitNOFILE=65536 in its service. Every connection is one.`
  const found = `${count} at most`
  return count < LEAST ? fail(found, advice) : count < ENOUGH ? warn(found, advice) : ok(found)
}

/** Node.js itself has raised the limit as far as it may. */
export const openFilesCheck = check(
  "open_files",
  null,
  Effect.map(saidBy("/bin/sh", ["-c", "ulimit -n"]), judgeOpenFiles)
)
