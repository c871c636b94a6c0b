import { writeSync } from "node:fs"
import { Effect, Schema } from "effect"
import { ARMED_VARIABLE, Arming, MARK_DESCRIPTOR } from "./Arming.ts"
import type { Boundary, Operation } from "./Operations.ts"

const decode = Schema.decodeUnknownSync(Arming)
const decodeText = Schema.decodeUnknownSync(Schema.fromJsonString(Arming))

let armed: Arming | undefined
let left = 0

const arm = (arming: Arming): void => {
  armed = arming
  left = arming.hit
}

const reached = (boundary: Boundary): void => {
  if (armed === undefined || armed.boundary !== boundary) return
  left -= 1
  if (left > 0) return
  const { deed } = armed
  armed = undefined
  writeSync(MARK_DESCRIPTOR, boundary)
  process.kill(process.pid, deed === "kill" ? "SIGKILL" : "SIGSTOP")
}

/** Does something between the boundaries of the operations that it is. */
export const between = <A>(
  operations: ReadonlyArray<Operation>,
  effect: Effect.Effect<A>,
  /** Which of them it was, where only the result tells. */
  whatItWas: (result: A) => ReadonlyArray<Operation> = () => operations
): Effect.Effect<A> =>
  Effect.suspend(() => {
    for (const operation of operations) reached(`before ${operation}`)
    return Effect.tap(effect, (result) =>
      Effect.sync(() => {
        for (const operation of whatItWas(result)) reached(`after ${operation}`)
      })
    )
  })

/** Lets the program be armed: by its environment as it starts, and by messages of the process that started it. */
export const listenForArming = (): void => {
  const given = process.env[ARMED_VARIABLE]
  if (given !== undefined) arm(decodeText(given))
  process.on("message", (message) => arm(decode(message)))
}
