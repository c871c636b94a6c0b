import type { Cluster } from "../cluster/Cluster.ts"

/** What a person is called for, and a world is made to have: an order that a database refuses, and a long outage. */
const EXPECTED_ERRORS = ["A command's data were refused by the database", "A saga is late that cannot turn back"]

/** Nothing is under way any more. */
export const isAtRest = ({ hosts, ledger }: Cluster): boolean =>
  ledger.leases.size === 0 &&
  hosts.every((host) => host.process()?.hasBacklog !== true) &&
  [...ledger.sagas.sagas.values()].every((saga) => saga.visibleAtMs === undefined)

/** Every order has ended, none is parked, and no authorization waits to be settled. */
export const ofRest = ({ hosts, ledger }: Cluster): ReadonlyArray<string> => [
  ...[...ledger.leases.values()].map(
    ({ authorization: { generation, orderId } }) => `order ${orderId}: generation ${generation} was never settled`
  ),
  ...[...ledger.sagas.sagas.values()]
    .filter((saga) => saga.visibleAtMs !== undefined)
    .map((saga) =>
      saga.parkReason === undefined
        ? `order ${saga.sagaId}: did not end, and stands at ${saga.status}`
        : `order ${saga.sagaId}: is parked at ${saga.status}: ${saga.parkReason}`
    ),
  ...ledger
    .all()
    .filter((entry) => entry.status === "AUTHORIZED" && !ledger.sagas.sagas.has(entry.orderId))
    .map((entry) => `order ${entry.orderId}: is authorized, and nobody will execute it`),
  ...hosts.flatMap((host) =>
    host.errors
      .filter((error) => !EXPECTED_ERRORS.some((expected) => error.includes(expected)))
      .map((error) => `${host.name} reported an error: ${error}`)
  )
]
