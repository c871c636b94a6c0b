import { totalmem } from "node:os"
import { Effect } from "effect"
import { bytesText, GIBIBYTE, MEBIBYTE } from "../Bytes.ts"
import { check } from "../Check.ts"
import { fail, ok, type Said, warn } from "../Finding.ts"

const AVAILABLE_LEAST = 128 * MEBIBYTE
const AVAILABLE_ENOUGH = 512 * MEBIBYTE
const TOTAL_ENOUGH = 0.9 * GIBIBYTE

export const judgeMemory = (availableBytes: number, totalBytes: number): Said => {
  const found = `${bytesText(availableBytes)} of ${bytesText(totalBytes)} can be had`
  const advice =
    "Stop what needs the memory, or give the machine or the container more: 2 GiB is enough for everything."
  if (availableBytes < AVAILABLE_LEAST) return fail(found, advice)
  return availableBytes < AVAILABLE_ENOUGH || totalBytes < TOTAL_ENOUGH ? warn(found, advice) : ok(found)
}

export const memoryCheck = check(
  "memory",
  null,
  Effect.sync(() => {
    const limit = process.constrainedMemory()
    return judgeMemory(process.availableMemory(), limit > 0 ? Math.min(limit, totalmem()) : totalmem())
  })
)
