/** A queue that knows what its items weigh together. */
export class WeighedQueue<Item extends { readonly weight: number }> {
  private readonly items: Array<Item> = []
  private total = 0

  get count(): number {
    return this.items.length
  }

  get weight(): number {
    return this.total
  }

  first(): Item | undefined {
    return this.items[0]
  }

  /** The newest item, or the one that came so many before it. */
  fromEnd(distance: number): Item | undefined {
    return this.items.at(-1 - distance)
  }

  add(item: Item): void {
    this.items.push(item)
    this.total += item.weight
  }

  takeFirst(): void {
    this.total -= this.items.shift()?.weight ?? 0
  }

  /** Takes so many of the newest items away, and gives them. */
  takeLast(count: number): ReadonlyArray<Item> {
    const taken = this.items.splice(this.items.length - count)
    for (const { weight } of taken) this.total -= weight
    return taken
  }
}
