/** What the clerk's notebook says of an order: decided once, released once for good, and the newest epoch that spoke for it. */
interface Note {
  epoch: number
  isReleased: boolean
  decision: "Done" | "Rejected" | undefined
  held: ReadonlyArray<number>
}

/** The sequential model of the commands: a clerk who serves one command after the other. */
export class Clerk {
  readonly available: Array<number>
  private readonly notes: ReadonlyArray<Note>

  constructor(stock: ReadonlyArray<number>, orders: number) {
    this.available = [...stock]
    this.notes = Array.from({ length: orders }, () => ({ epoch: 0, isReleased: false, decision: undefined, held: [] }))
  }

  reserve(order: number, epoch: number, wants: ReadonlyArray<number>): "Done" | "Rejected" | "Cancelled" {
    const note = this.noteOf(order)
    if (note.isReleased || epoch < note.epoch) return "Cancelled"
    note.epoch = epoch
    if (note.decision !== undefined) return note.decision
    const isEnough = wants.every((wanted, product) => wanted <= (this.available[product] ?? 0))
    note.decision = isEnough ? "Done" : "Rejected"
    if (isEnough) {
      note.held = wants
      this.add(wants.map((wanted) => -wanted))
    }
    return note.decision
  }

  release(order: number, epoch: number): "Done" | "Cancelled" {
    const note = this.noteOf(order)
    if (epoch < note.epoch) return "Cancelled"
    note.epoch = epoch
    note.isReleased = true
    this.add(note.held)
    note.held = []
    return "Done"
  }

  private add(quantities: ReadonlyArray<number>): void {
    quantities.forEach((quantity, product) => {
      this.available[product] = (this.available[product] ?? 0) + quantity
    })
  }

  private noteOf(order: number): Note {
    const note = this.notes[order]
    if (note === undefined) throw new RangeError(`there is no order ${order}`)
    return note
  }
}
