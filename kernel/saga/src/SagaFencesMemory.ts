import { DatabaseRejectedData } from "@valerix/database"
import type { MemoryDatabase, MemoryTable } from "@valerix/database/memory"
import { Effect } from "effect"
import type { Fenced, SagaFences } from "./SagaFences.ts"

interface Fence {
  readonly epoch: number
  readonly isUndone: boolean
}

/** Says of a forward command that the database refuses its data, as one whose constraints they break would. */
export type IsUnfit = (command: Fenced) => boolean

/** Fences in a memory database: they take part in its transactions. */
export class SagaFencesMemory {
  private readonly rows: MemoryTable<Fence>
  private readonly isUnfit: IsUnfit

  constructor(database: MemoryDatabase, isUnfit: IsUnfit = () => false) {
    this.rows = database.table()
    this.isUnfit = isUnfit
  }

  readonly fences: SagaFences["Service"] = {
    admit: (commands) =>
      Effect.suspend(() =>
        commands.some(this.isUnfit)
          ? Effect.die(new DatabaseRejectedData({ sqlState: "22000", constraint: undefined, cause: undefined }))
          : Effect.succeed(commands.map((command) => this.admit(command)))
      ),
    undo: (commands) => Effect.sync(() => commands.map((command) => this.undo(command)))
  }

  isUndone(command: Omit<Fenced, "epoch">): boolean {
    return this.rows.get(keyOf(command))?.isUndone ?? false
  }

  /** Admits one forward command. */
  admit(command: Fenced): boolean {
    const fence = this.rows.get(keyOf(command))
    if (fence !== undefined && (fence.isUndone || fence.epoch > command.epoch)) return false
    this.rows.set(keyOf(command), { epoch: command.epoch, isUndone: false })
    return true
  }

  /** Admits one undo, and leaves its tombstone. */
  undo(command: Fenced): boolean {
    const fence = this.rows.get(keyOf(command))
    if (fence !== undefined && fence.epoch > command.epoch) return false
    this.rows.set(keyOf(command), { epoch: command.epoch, isUndone: true })
    return true
  }
}

const keyOf = ({ generation, organizationId, sagaId }: Omit<Fenced, "epoch">): string =>
  `${organizationId}/${sagaId}/${generation ?? 0}`
