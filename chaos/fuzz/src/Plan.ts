import type { Contract, Operation } from "@valerix/testing/contract"
import fc from "fast-check"
import { Dice, seedOf } from "./Dice.ts"
import { draftsOf } from "./document/Drafts.ts"
import type { KeptRequest } from "./Kept.ts"
import { KINDS } from "./mutations/index.ts"
import { type Mutation, mutation } from "./mutations/Mutation.ts"
import type { Draft } from "./request/Draft.ts"
import { token } from "./request/Json.ts"

/** A request that the description allows, and what is done to it, one thing after the other. */
export interface Plan {
  readonly draft: Draft
  readonly changes: ReadonlyArray<Change>
}

export interface Change {
  readonly mutation: Mutation
  readonly dice: number
}

const DICE_MAX = 0x7fff_ffff

/** Those that take more have more turns, and placing an order the most. */
const weightOf = ({ operation, takesBody }: Operation): number => {
  if (operation.operationId.endsWith("placeOrder")) return 12
  const fields = operation.parameters.filter((parameter) => parameter.in === "query").length
  return 1 + Math.floor(fields / 3) + (takesBody ? 1 : 0)
}

const changes: fc.Arbitrary<Change> = fc.oneof(
  ...KINDS.map(({ mutations, weight }) => ({
    arbitrary: fc.record({ mutation: fc.constantFrom(...mutations), dice: fc.noShrink(fc.nat(DICE_MAX)) }),
    weight
  }))
)

const someChanges = fc.oneof(
  { arbitrary: fc.constant([]), weight: 3 },
  { arbitrary: fc.array(changes, { minLength: 1, maxLength: 1 }), weight: 12 },
  { arbitrary: fc.array(changes, { minLength: 1, maxLength: 3 }), weight: 5 }
)

/** What the requests of a campaign are: each one depends on the seed and its number, and on nothing else. */
export class Plans {
  readonly seed: number
  /** The operation that all of them are to, where that is not any. */
  readonly only: string | undefined
  private readonly operations: ReadonlyArray<Operation>
  private readonly ofOperation = new Map<Operation, fc.Arbitrary<Plan>>()
  private readonly contract: Contract

  constructor(contract: Contract, seed: number, only: string | undefined) {
    this.seed = seed
    this.only = only
    this.contract = contract
    const meant = contract.operations.filter(
      ({ operation }) =>
        only === undefined || operation.operationId === only || operation.operationId.endsWith(`.${only}`)
    )
    if (meant.length === 0) {
      const known = contract.operations.map(({ operation }) => operation.operationId).join(", ")
      throw new Error(`There is no operation ${only}. Known are: ${known}.`)
    }
    this.operations = meant.flatMap((one) => Array.from({ length: weightOf(one) }, () => one))
  }

  /** The seed by which fast-check makes the request of a number. */
  seedOf(number: number): number {
    return seedOf(this.seed, "request", number)
  }

  /** The request of a number. */
  at(number: number): Plan {
    let made: Plan | undefined
    const keep = fc.property(this.arbitraryAt(number), (plan) => {
      made = plan
    })
    fc.assert(keep, { seed: this.seedOf(number), numRuns: 1 })
    if (made === undefined) throw new Error(`there is no request ${number}`)
    return made
  }

  /** What the request of a number is one of. */
  arbitraryAt(number: number): fc.Arbitrary<Plan> {
    const operation = new Dice(seedOf(this.seed, "operation", number)).among(this.operations)
    if (operation === undefined) throw new Error("there are no operations")
    const known = this.ofOperation.get(operation)
    if (known !== undefined) return known
    const made = fc.record({ draft: draftsOf(this.contract, operation), changes: someChanges })
    this.ofOperation.set(operation, made)
    return made
  }
}

/** A request that is sent as it is. */
export const planOfKept = (contract: Contract, { body, isAsDescribed, method, target }: KeptRequest): Plan => {
  const operation = contract.operationAt(method, target)
  if (operation === undefined) throw new Error(`there is no ${method} ${target}`)
  const draft: Draft = {
    operation,
    caller: "own",
    method,
    path: [target],
    query: [],
    headers: body === undefined ? [] : [["Content-Type", "application/json"]],
    body: body === undefined ? undefined : token(body),
    encode: undefined,
    wire: undefined,
    delivery: { type: "whole" },
    mustBeRefused: isAsDescribed ? undefined : "it was found to be wrong"
  }
  return { draft, changes: isAsDescribed ? [] : [{ mutation: mutation("as it was found", (same) => same), dice: 0 }] }
}

/** The request of a plan with everything done to it, and the names of what could be done. */
export const changed = ({
  changes: some,
  draft
}: Plan): { readonly draft: Draft; readonly names: ReadonlyArray<string> } => {
  let current = draft
  const names: Array<string> = []
  for (const { dice, mutation } of some) {
    const next = mutation.apply(current, new Dice(dice))
    if (next === undefined) continue
    current = next
    names.push(mutation.name)
  }
  return { draft: current, names }
}
