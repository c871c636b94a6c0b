/** The most lines that one transaction reserves: an order of the largest size fits ten times. */
const LINES_PER_TRANSACTION_MAX = 20_000
/** The most orders that one transaction works on. */
const ORDERS_PER_TRANSACTION_MAX = 1_000

interface Part {
  readonly organizationId: string
  readonly orderId: string
  readonly lines?: ReadonlyArray<unknown>
}

/**
 * Cuts a vector, keeping its order, into parts that one transaction each can do: limited in orders and lines, and
 * with no order twice, because one statement cannot change a row twice.
 */
export const vectorParts = <Command extends Part>(
  commands: ReadonlyArray<Command>
): ReadonlyArray<ReadonlyArray<Command>> => {
  const parts: Array<Array<Command>> = []
  let part: Array<Command> = []
  let orders = new Set<string>()
  let lines = 0
  for (const command of commands) {
    const order = `${command.organizationId}/${command.orderId}`
    const added = command.lines?.length ?? 1
    const isFull =
      part.length === 0 ||
      part.length === ORDERS_PER_TRANSACTION_MAX ||
      lines + added > LINES_PER_TRANSACTION_MAX ||
      orders.has(order)
    if (isFull) {
      part = []
      parts.push(part)
      orders = new Set()
      lines = 0
    }
    part.push(command)
    orders.add(order)
    lines += added
  }
  return parts
}
