import { Effect } from "effect"
import type { PaymentKey } from "../domain/Payment.ts"

/** How many commands go through the database and to the provider at once. */
const VECTOR_MAX = 500

/**
 * Runs commands in vectors, one after the other, and gives one result per command, in their order. A vector is of
 * bounded length and names each payment once: commands on the same payment follow each other.
 */
export const inVectors = <Command extends PaymentKey, A, E, R>(
  commands: ReadonlyArray<Command>,
  run: (vector: ReadonlyArray<Command>) => Effect.Effect<ReadonlyArray<A>, E, R>
): Effect.Effect<ReadonlyArray<A>, E, R> => {
  const vectors = split(commands)
  const [only] = vectors
  if (only === undefined) return Effect.succeed([])
  if (vectors.length === 1) return run(commands)
  return Effect.map(
    Effect.forEach(vectors, (positions) => run(positions.flatMap((position) => commands[position] ?? []))),
    (results) => {
      const gathered = new Array<A>(commands.length)
      vectors.forEach((positions, vector) => {
        positions.forEach((position, index) => {
          const result = results[vector]?.[index]
          if (result !== undefined) gathered[position] = result
        })
      })
      return gathered
    }
  )
}

const split = (commands: ReadonlyArray<PaymentKey>): ReadonlyArray<ReadonlyArray<number>> => {
  const vectors: Array<Array<number>> = []
  const timesSeen = new Map<string, number>()
  commands.forEach((command, position) => {
    const name = nameOf(command)
    const earliest = timesSeen.get(name) ?? 0
    let vector = earliest
    while ((vectors[vector]?.length ?? 0) >= VECTOR_MAX) vector += 1
    const chosen = vectors[vector]
    if (chosen === undefined) vectors[vector] = [position]
    else chosen.push(position)
    timesSeen.set(name, vector + 1)
  })
  return vectors
}

/** One text per payment, for maps. */
export const nameOf = ({ generation, orderId, organizationId }: PaymentKey): string =>
  `${organizationId}/${orderId}/${generation}`
