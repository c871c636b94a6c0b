/** What happens at one moment of virtual time. */
interface Moment {
  readonly timeMs: number
  readonly order: number
  readonly happen: () => void
}

/**
 * The time of a simulated world: it stands still while things happen, and leaps to the next moment that something is
 * planned for. What is planned for the same moment happens in the order in which it was planned.
 */
export class VirtualTime {
  nowMs: number
  private planned = 0
  /** A binary heap: no moment comes before its parent, at half its index. */
  private readonly heap: Array<Moment> = []

  constructor(startMs: number) {
    this.nowMs = startMs
  }

  after(delayMs: number, happen: () => void): void {
    const moment = { timeMs: this.nowMs + Math.max(0, delayMs), order: this.planned++, happen }
    let index = this.heap.length
    this.heap.push(moment)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = this.heap[parent]
      if (above === undefined || comesBefore(above, moment)) break
      this.heap[index] = above
      index = parent
    }
    this.heap[index] = moment
  }

  /** Lets the next thing happen; false when nothing is planned before the limit. */
  step(limitMs: number): boolean {
    const next = this.heap[0]
    if (next === undefined || next.timeMs > limitMs) return false
    this.removeFirst()
    this.nowMs = next.timeMs
    next.happen()
    return true
  }

  private removeFirst(): void {
    const last = this.heap.pop()
    if (last === undefined || this.heap.length === 0) return
    let index = 0
    for (;;) {
      const left = this.heap[2 * index + 1]
      const right = this.heap[2 * index + 2]
      if (left === undefined) break
      const isRight = right !== undefined && comesBefore(right, left)
      const child = isRight ? right : left
      if (comesBefore(last, child)) break
      this.heap[index] = child
      index = 2 * index + (isRight ? 2 : 1)
    }
    this.heap[index] = last
  }
}

const comesBefore = (a: Moment, b: Moment): boolean =>
  a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.order < b.order)
