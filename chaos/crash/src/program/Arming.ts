import { Schema } from "effect"
import { BOUNDARIES } from "./Operations.ts"

/** Where the program is to strike itself, at the how many-th time that it gets there, and how: kill -9, or SIGSTOP. */
export const Arming = Schema.Struct({
  boundary: Schema.Literals(BOUNDARIES),
  hit: Schema.Int,
  deed: Schema.Literals(["kill", "stop"])
})
export type Arming = typeof Arming.Type

/** Arms a program that has just been started; one that runs is armed by a message of the same form. */
export const ARMED_VARIABLE = "CRASH_ARMED"

/** Where the program writes the boundary that it has reached, just before it strikes itself. */
export const MARK_DESCRIPTOR = 3
