const AT_ONCE = 12

/** Does something with all of them, a few at a time. */
export const inTurns = async <A, B>(some: ReadonlyArray<A>, run: (one: A) => Promise<B>): Promise<ReadonlyArray<B>> => {
  const done: Array<B> = []
  for (let at = 0; at < some.length; at += AT_ONCE) {
    done.push(...(await Promise.all(some.slice(at, at + AT_ONCE).map(run))))
  }
  return done
}
