import { batch, ints, uuids } from "@valerix/database"
import type { Statement } from "effect/sql"
import type { Lease, SagaKey } from "./SagaStore.ts"

/** The columns of a batch that name its sagas. */
export const keyColumns = (sagas: ReadonlyArray<SagaKey>) => ({
  organization_id: uuids(sagas.map((saga) => saga.organizationId)),
  saga_id: uuids(sagas.map((saga) => saga.sagaId))
})

/** Leases as the table `held(organization_id, saga_id, epoch, position)`. */
export const leaseRows = (leases: ReadonlyArray<Lease>): Statement.Fragment =>
  batch("held", { ...keyColumns(leases), epoch: ints(leases.map((lease) => lease.epoch)) })
