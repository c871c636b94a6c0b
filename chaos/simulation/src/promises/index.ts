import type { Cluster } from "../cluster/Cluster.ts"
import type { Answers } from "../customers/Customer.ts"
import type { Plan } from "../customers/Plan.ts"
import { ofAnswers } from "./Answers.ts"
import { ofEvents } from "./Events.ts"
import { ofExecution } from "./Execution.ts"
import { ofHistories } from "./Histories.ts"
import { ofMoney } from "./Money.ts"
import { ofRest } from "./Rest.ts"
import { ofStock } from "./Stock.ts"

/** Everything that does not hold at the end of a world, in words; see the promises in docs/guarantees. */
export const findBrokenPromises = (cluster: Cluster, plan: Plan, answers: Answers): ReadonlyArray<string> => [
  ...ofRest(cluster),
  ...ofStock(cluster, plan),
  ...ofMoney(cluster),
  ...ofEvents(cluster),
  ...ofAnswers(cluster, answers),
  ...ofExecution(cluster, plan),
  ...ofHistories(cluster, plan)
]
