import type { OrderKey } from "./ports/SalesOrderRepository.ts"

/** The most lines that one transaction writes: an order of the largest size fits ten times. */
const LINES_PER_TRANSACTION_MAX = 20_000
/** The most orders that one transaction works on. */
const ORDERS_PER_TRANSACTION_MAX = 1_000

interface Part extends OrderKey {
  readonly lines?: ReadonlyArray<unknown>
}

export const keyOf = ({ orderId, organizationId }: OrderKey): string => `${organizationId}/${orderId}`

/**
 * Cuts a vector, keeping its order, into parts that one transaction each can do: limited in orders and lines, and with
 * no order twice, because one statement cannot change a row twice.
 */
export const vectorParts = <Command extends Part>(
  commands: ReadonlyArray<Command>
): ReadonlyArray<ReadonlyArray<Command>> => {
  const parts: Array<Array<Command>> = []
  let part: Array<Command> = []
  let orders = new Set<string>()
  let lines = 0
  for (const command of commands) {
    const added = command.lines?.length ?? 0
    if (
      part.length === 0 ||
      part.length === ORDERS_PER_TRANSACTION_MAX ||
      lines + added > LINES_PER_TRANSACTION_MAX ||
      orders.has(keyOf(command))
    ) {
      part = []
      parts.push(part)
      orders = new Set()
      lines = 0
    }
    part.push(command)
    orders.add(keyOf(command))
    lines += added
  }
  return parts
}
