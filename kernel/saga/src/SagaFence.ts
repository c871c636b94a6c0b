import type { PgClient } from "@effect/sql-pg"
import { batch, ints, uuids } from "@valerix/database"
import type { OrganizationId } from "@valerix/money-and-ids"
import { Effect } from "effect"

/** What every command of a saga carries, so that a participant can tell a late one from a current one. */
export interface Fenced {
  readonly organizationId: OrganizationId
  /** The saga's id: for an order's execution, the order's. */
  readonly sagaId: string
  /** Rises with every claim of the saga; a worker that was presumed dead speaks with an older one. */
  readonly epoch: number
  /** Separates successive tries at the same thing, each with an undo of its own; 0 where there is one only. */
  readonly generation?: number
}

/**
 * The participant's half of fencing. Its table `saga_fences` holds one row per saga (and generation): the newest epoch
 * seen, and whether the undo has come. Forward commands and undos of one saga meet on that row, so one waits for the
 * other, whatever else they touch. Call it first in the transaction that does the command's work.
 */
export const SagaFence = {
  /**
   * Admits forward commands. Gives, per command, true to go on, or false to answer `cancelled` and change nothing: its
   * undo came first, or a newer epoch did.
   */
  admit: Effect.fnUntraced(function* (sql: PgClient.PgClient, commands: ReadonlyArray<Fenced>) {
    const rows = yield* sql<{ position: number }>`
      WITH command AS (SELECT * FROM ${commandRows(commands)}),
      admitted AS (
        INSERT INTO saga_fences (organization_id, saga_id, generation, epoch)
        SELECT organization_id, saga_id, generation, epoch FROM command
        ORDER BY organization_id, saga_id, generation
        ON CONFLICT (organization_id, saga_id, generation) DO UPDATE SET epoch = excluded.epoch
        WHERE NOT saga_fences.undone AND saga_fences.epoch <= excluded.epoch
        RETURNING organization_id, saga_id, generation
      )
      SELECT command.position FROM command JOIN admitted USING (organization_id, saga_id, generation)`
    return positionsToFlags(rows, commands.length)
  }),

  /**
   * Admits undos and leaves their tombstones: from here on no forward command of the saga is admitted. False means that
   * a newer epoch was seen and nothing may be changed.
   */
  undo: Effect.fnUntraced(function* (sql: PgClient.PgClient, commands: ReadonlyArray<Fenced>) {
    const rows = yield* sql<{ position: number }>`
      WITH command AS (SELECT * FROM ${commandRows(commands)}),
      admitted AS (
        INSERT INTO saga_fences (organization_id, saga_id, generation, epoch, undone)
        SELECT organization_id, saga_id, generation, epoch, true FROM command
        ORDER BY organization_id, saga_id, generation
        ON CONFLICT (organization_id, saga_id, generation) DO UPDATE SET epoch = excluded.epoch, undone = true
        WHERE saga_fences.epoch <= excluded.epoch
        RETURNING organization_id, saga_id, generation
      )
      SELECT command.position FROM command JOIN admitted USING (organization_id, saga_id, generation)`
    return positionsToFlags(rows, commands.length)
  })
}

const commandRows = (commands: ReadonlyArray<Fenced>) =>
  batch("command", {
    organization_id: uuids(commands.map((command) => command.organizationId)),
    saga_id: uuids(commands.map((command) => command.sagaId)),
    generation: ints(commands.map((command) => command.generation ?? 0)),
    epoch: ints(commands.map((command) => command.epoch))
  })

const positionsToFlags = (rows: ReadonlyArray<{ position: number }>, count: number): ReadonlyArray<boolean> => {
  const flags = new Array<boolean>(count).fill(false)
  for (const { position } of rows) flags[position - 1] = true
  return flags
}
