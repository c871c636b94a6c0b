import type { Fenced } from "@valerix/saga"

type Key = Pick<Fenced, "epoch" | "generation"> & { readonly orderId: string }

/** A participant's half of fencing, in memory; see SagaFence in @valerix/saga. */
export class MemoryFences {
  private readonly rows = new Map<string, { readonly epoch: number; readonly isUndone: boolean }>()

  admit(command: Key): boolean {
    const row = this.rows.get(keyOf(command))
    if (row !== undefined && (row.isUndone || row.epoch > command.epoch)) return false
    this.rows.set(keyOf(command), { epoch: command.epoch, isUndone: false })
    return true
  }

  undo(command: Key): boolean {
    const row = this.rows.get(keyOf(command))
    if (row !== undefined && row.epoch > command.epoch) return false
    this.rows.set(keyOf(command), { epoch: command.epoch, isUndone: true })
    return true
  }
}

const keyOf = ({ orderId, generation }: Key): string => `${orderId}/${generation ?? 0}`
