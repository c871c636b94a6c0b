import { firstRowOf, TenantDatabase } from "@valerix/database"
import { Effect, Layer, Schema } from "effect"
import { ImportProgress } from "../../application/ports/ImportProgress.ts"

const StateRow = Schema.Struct({
  rows_done: Schema.Int,
  tally: Schema.Unknown,
  is_finished: Schema.Boolean
})
const SavedRow = Schema.Struct({ digest: Schema.String })

export const ImportProgressPostgres = Layer.effect(
  ImportProgress,
  Effect.map(TenantDatabase, (database) => {
    const { sql } = database
    const stateOf = firstRowOf(StateRow)
    const savedOf = firstRowOf(SavedRow)

    return ImportProgress.of({
      begin: ({ digest, kind, organizationId }, { fileName, runId }) =>
        database.transaction([organizationId])(
          Effect.gen(function* () {
            const state = yield* stateOf(sql`
              SELECT rows_done, tally, finished_at IS NOT NULL AS is_finished FROM imports
              WHERE organization_id = ${organizationId} AND kind = ${kind} AND digest = ${digest}
              FOR UPDATE`)
            const isToBeGoneOnWith = state !== undefined && !state.is_finished && state.rows_done > 0
            yield* sql`
              INSERT INTO imports AS import (organization_id, kind, digest, run_id, file_name)
              VALUES (${organizationId}, ${kind}, ${digest}, ${runId}, ${fileName})
              ON CONFLICT (organization_id, kind, digest) DO UPDATE
              SET run_id = excluded.run_id, file_name = excluded.file_name, updated_at = now(), finished_at = NULL,
                rows_done = CASE WHEN ${isToBeGoneOnWith}::boolean THEN import.rows_done ELSE 0 END,
                tally = CASE WHEN ${isToBeGoneOnWith}::boolean THEN import.tally END,
                started_at = CASE WHEN ${isToBeGoneOnWith}::boolean THEN import.started_at ELSE now() END`
            return isToBeGoneOnWith ? { rowsDone: state.rows_done, tally: state.tally } : undefined
          })
        ),

      save: ({ digest, kind, organizationId }, runId, { isFinished, rowsDone, tally }) =>
        Effect.map(
          database.transaction([organizationId])(
            savedOf(sql`
              UPDATE imports
              SET rows_done = ${rowsDone}, tally = ${sql.json(tally)}, updated_at = now(),
                finished_at = CASE WHEN ${isFinished}::boolean THEN now() END
              WHERE organization_id = ${organizationId} AND kind = ${kind} AND digest = ${digest} AND run_id = ${runId}
              RETURNING digest`)
          ),
          (row) => row !== undefined
        )
    })
  })
)
