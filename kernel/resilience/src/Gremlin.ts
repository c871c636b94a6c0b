import { Effect } from "effect"

/** How slow a service is made. */
export interface Latency<Operation extends string = string> {
  readonly enabled: boolean
  readonly delayMs: number
  /** Only these commands are delayed; undefined: everything that the service does. */
  readonly operations: ReadonlyArray<Operation> | undefined
}

/**
 * Makes one service slow on purpose, to see what others do then. Its state is in memory: a service that starts anew is as
 * fast as it can be. Who waits blocks nobody else.
 */
export class Gremlin<Operation extends string = string> {
  /** The commands of the service, by name. */
  readonly operations: readonly [Operation, ...ReadonlyArray<Operation>]
  latency: Latency<Operation> = { enabled: false, delayMs: 0, operations: undefined }

  constructor(...operations: readonly [Operation, ...ReadonlyArray<Operation>]) {
    this.operations = operations
  }

  /** Waits as long as the service is to be delayed as a whole: before an endpoint, or before it shows that it is there. */
  readonly pause: Effect.Effect<void> = Effect.suspend(() => this.wait(this.latency.operations === undefined))

  /** Waits as long as a command is to be delayed. */
  pauseBefore(operation: Operation): Effect.Effect<void> {
    return Effect.suspend(() => this.wait(this.latency.operations?.includes(operation) ?? true))
  }

  private wait(isMeant: boolean): Effect.Effect<void> {
    const { delayMs, enabled } = this.latency
    return enabled && isMeant && delayMs > 0 ? Effect.sleep(delayMs) : Effect.void
  }
}
