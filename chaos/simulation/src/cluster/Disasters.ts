import type { World } from "../world/World.ts"
import type { Trouble } from "./Trouble.ts"

/** What disasters strike. */
interface Struck {
  readonly name: string
  readonly kill: () => void
  readonly pauseFor: (lengthMs: number) => void
  readonly moveClock: (offsetMs: number) => void
}

const CLOCK_JUMP_MAX_MS = 3_600_000

/** Plans what strikes hosts whatever they are doing: that they are killed, stopped for a while, and have their clock moved. */
export const plantDisasters = (world: World, hosts: ReadonlyArray<Struck>, trouble: Trouble): void => {
  const { choices, time } = world
  for (const host of hosts) {
    const plant = (what: string, count: number, strike: () => void) => {
      for (let index = 0; index < count; index += 1) {
        const about = `${what} ${host.name}`
        const afterMs = choices.fraction(`when to ${about}`) * trouble.durationMs
        if (choices.happens(about, 0.5)) {
          time.after(afterMs, () => {
            world.tell(host.name, () => what)
            strike()
          })
        }
      }
    }
    plant("kill", trouble.killsPerHost, host.kill)
    plant("pause", trouble.pausesPerHost, () => host.pauseFor(world.pauseMs(`pause ${host.name}`)))
    plant("move the clock", trouble.clockJumpsPerHost, () =>
      host.moveClock((choices.fraction(`clock of ${host.name}`) * 2 - 1) * CLOCK_JUMP_MAX_MS)
    )
  }
}
