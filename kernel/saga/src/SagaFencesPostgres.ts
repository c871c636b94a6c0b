import type { PgClient } from "@effect/sql-pg"
import { batch, ints, TenantDatabase, uuids } from "@valerix/database"
import { Effect, Layer } from "effect"
import { type Fenced, SagaFences } from "./SagaFences.ts"

/**
 * Fences in the table `saga_fences` of the participant's database. A layer of its own each time, because a program has
 * several databases.
 */
export const layerSagaFencesPostgres = () =>
  Layer.effect(
    SagaFences,
    Effect.map(TenantDatabase, ({ sql }) =>
      SagaFences.of({
        admit: (commands) => Effect.orDie(admit(sql, commands)),
        undo: (commands) => Effect.orDie(undo(sql, commands))
      })
    )
  )

const admit = Effect.fnUntraced(function* (sql: PgClient.PgClient, commands: ReadonlyArray<Fenced>) {
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
})

const undo = Effect.fnUntraced(function* (sql: PgClient.PgClient, commands: ReadonlyArray<Fenced>) {
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
