import { Effect } from "effect"
import type { SagaStore } from "../../src/index.ts"

export interface StoreCall {
  readonly name: "claim" | "renew" | "record"
  /** How many sagas it was about; none for a claim. */
  readonly count: number
}

/** A store that counts its calls, and that a worker can lose before a call reaches it, or before its answer comes back. */
export class StoreProbe implements SagaStore {
  readonly calls: Array<StoreCall> = []
  loses: (call: StoreCall, number: number) => "nothing" | "the call" | "the answer" = () => "nothing"
  private readonly store: SagaStore

  constructor(store: SagaStore) {
    this.store = store
  }

  countOf(name: StoreCall["name"]): number {
    return this.calls.filter((call) => call.name === name).length
  }

  readonly claim: SagaStore["claim"] = (options) => this.through({ name: "claim", count: 0 }, this.store.claim(options))
  readonly renew: SagaStore["renew"] = (leases, leaseMs) =>
    this.through({ name: "renew", count: leases.length }, this.store.renew(leases, leaseMs))
  readonly record: SagaStore["record"] = (transitions) =>
    this.through({ name: "record", count: transitions.length }, this.store.record(transitions))
  get nextDueMs() {
    return this.store.nextDueMs
  }
  get unfinishedVersions() {
    return this.store.unfinishedVersions
  }

  private through<A>(call: StoreCall, done: Effect.Effect<A>): Effect.Effect<A> {
    return Effect.suspend(() => {
      this.calls.push(call)
      const lost = this.loses(call, this.countOf(call.name))
      if (lost === "the call") return Effect.die("the store was not reached")
      return lost === "the answer" ? Effect.andThen(done, Effect.die("the store's answer was lost")) : done
    })
  }
}
