/** Each item once: the first of those with the same name. */
export const distinctBy = <A>(items: ReadonlyArray<A>, nameOf: (item: A) => string): ReadonlyArray<A> => {
  const seen = new Set<string>()
  return items.filter((item) => {
    const name = nameOf(item)
    return !seen.has(name) && seen.add(name)
  })
}
