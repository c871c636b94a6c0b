import { callOrder } from "./CallOrder.ts"
import { connection } from "./Connection.ts"
import { encoding } from "./Encoding.ts"
import { headerLines } from "./HeaderLines.ts"
import { identity } from "./Identity.ts"
import { keys } from "./Keys.ts"
import { methodAndPath } from "./MethodAndPath.ts"
import type { Mutation } from "./Mutation.ts"
import { numbers } from "./Numbers.ts"
import { structure } from "./Structure.ts"
import { texts } from "./Texts.ts"
import { types } from "./Types.ts"
import { wire } from "./Wire.ts"

/** Everything that is done to requests, by kind, and how often a kind has its turn beside the others. */
export const KINDS: ReadonlyArray<{ readonly weight: number; readonly mutations: ReadonlyArray<Mutation> }> = [
  { weight: 4, mutations: types },
  { weight: 4, mutations: numbers },
  { weight: 6, mutations: texts },
  { weight: 5, mutations: keys },
  { weight: 2, mutations: structure },
  { weight: 3, mutations: encoding },
  { weight: 5, mutations: headerLines },
  { weight: 4, mutations: methodAndPath },
  { weight: 5, mutations: identity },
  { weight: 3, mutations: callOrder },
  { weight: 4, mutations: wire },
  { weight: 1, mutations: connection }
]
