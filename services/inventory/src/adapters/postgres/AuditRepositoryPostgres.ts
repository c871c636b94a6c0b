import { TenantDatabase } from "@valerix/database"
import { OrganizationId } from "@valerix/money-and-ids"
import { Effect, Layer, Schema } from "effect"
import { AuditRepository } from "../../application/ports/AuditRepository.ts"
import { makeCheckAdjustments } from "./audit/CheckAdjustments.ts"
import { makeCheckBalances } from "./audit/CheckBalances.ts"
import { makeCheckMovements } from "./audit/CheckMovements.ts"
import { makeCheckReservations } from "./audit/CheckReservations.ts"
import { rowsOf } from "./Rows.ts"

const PresentRow = Schema.Struct({ organization_id: OrganizationId })

export const layerAuditRepositoryPostgres = Layer.effect(
  AuditRepository,
  Effect.gen(function* () {
    const { sql } = yield* TenantDatabase
    const present = rowsOf(PresentRow)
    return AuditRepository.of({
      checks: [makeCheckBalances(sql), makeCheckMovements(sql), makeCheckAdjustments(sql), makeCheckReservations(sql)],
      organizations: Effect.fnUntraced(function* (after, limit) {
        const rows = yield* present(sql`
          SELECT organization_id FROM organizations_present(${after ?? null}::uuid, ${limit}) AS present(organization_id)`)
        return rows.map((row) => row.organization_id)
      })
    })
  })
)
