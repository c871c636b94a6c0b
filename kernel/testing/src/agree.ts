import { Effect } from "effect"
import fc from "fast-check"
import { assert } from "vitest"

/**
 * Tells the same stories to two implementations of a port; fails, with the shortest story that fails, when what is seen
 * differs.
 */
export const agree = Effect.fnUntraced(function* <Story, R>(
  stories: fc.Arbitrary<Story>,
  one: (story: Story) => Effect.Effect<unknown, never, R>,
  other: (story: Story) => Effect.Effect<unknown, never, R>,
  options: { readonly numRuns: number }
) {
  const services = yield* Effect.context<R>()
  const property = fc.asyncProperty(stories, async (story) => {
    const [seen, seenByOther] = await Effect.runPromiseWith(services)(Effect.all([one(story), other(story)]))
    assert.deepStrictEqual(seen, seenByOther)
  })
  yield* Effect.promise(() => fc.assert(property, options))
})
