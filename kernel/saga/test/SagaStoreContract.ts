import type { Effect } from "effect"
import { claiming } from "./contract/Claiming.ts"
import { recording } from "./contract/Recording.ts"
import type { StoreBench } from "./contract/StoreBench.ts"
import { turns } from "./contract/Turns.ts"

/** What every SagaStore promises, each with the test that it is kept. A store's own test file runs them all. */
export const sagaStoreContract: ReadonlyArray<
  readonly [promise: string, test: Effect.Effect<void, never, StoreBench>]
> = Object.entries({ ...claiming, ...turns, ...recording })
