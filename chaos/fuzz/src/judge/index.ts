import type { Contract } from "@valerix/testing/contract"
import type { World } from "../world/World.ts"
import { answering } from "./Answering.ts"
import { asDescribed } from "./AsDescribed.ts"
import { isolation } from "./Isolation.ts"
import type { Broken, Judged } from "./Judged.ts"
import { problemDocuments } from "./ProblemDocuments.ts"
import { secrecy } from "./Secrecy.ts"
import { usualHeaders } from "./UsualHeaders.ts"

/** Everything that has to be true of what comes of one request. */
export const judgeOf = (contract: Contract, world: World) => {
  const rules = [answering, problemDocuments, secrecy, usualHeaders, asDescribed(contract), isolation(world)]
  return (judged: Judged): ReadonlyArray<Broken> => rules.flatMap((rule) => rule(judged))
}
