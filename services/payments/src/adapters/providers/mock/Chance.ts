import { createHash } from "node:crypto"

/** A number from 0 to 1 that is the same whenever the same words are given. */
export const chance = (...words: ReadonlyArray<string | number>): number =>
  createHash("sha256").update(words.join("\0")).digest().readUInt32BE(0) / 0x1_0000_0000
