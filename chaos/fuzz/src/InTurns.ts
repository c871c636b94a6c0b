const AT_ONCE = 12

/** Does something with all of them, in their order, a few at a time. */
export const inTurns = async <A, B>(some: ReadonlyArray<A>, run: (one: A) => Promise<B>): Promise<ReadonlyArray<B>> => {
  const waiting = some.entries()
  const done: Array<B> = []
  const takeTurns = async () => {
    for (const [at, one] of waiting) done[at] = await run(one)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns))
  return done
}
