import { FINDING_CODES } from "@valerix/checkout/words"
import { Effect, Option, Schema } from "effect"
import { type Command, Flag } from "effect/cli"
import { UsageError } from "../../terminal/ExitCodes.ts"
import { jsonFlag } from "../../terminal/Json.ts"
import { principalHere, reasonFlag } from "../Intervening.ts"
import { organization } from "../saga/SagaFlags.ts"

const Code = Schema.String.check(
  Schema.makeFilter((text) => FINDING_CODES.some((code) => code === text) || "must be a code that valerix verify lists")
)

export const verifyFlags = {
  after: Flag.String("after").pipe(
    Flag.withDescription("Go on from a position that an earlier run has shown"),
    Flag.optional
  ),
  organization: organization.pipe(
    Flag.withDescription("Only what is stored of this organization; of all organizations otherwise")
  ),
  code: Flag.String("code").pipe(
    Flag.withSchema(Code),
    Flag.withDescription("Only findings of this code, as they are listed; may be given several times"),
    Flag.atLeast(0)
  ),
  repair: Flag.Boolean("repair").pipe(
    Flag.withDescription("Say for each finding what would mend it, and change nothing"),
    Flag.withDefault(false)
  ),
  apply: Flag.Boolean("apply").pipe(
    Flag.withDescription("With --repair: mend what can be mended, and say what came of each finding"),
    Flag.withDefault(false)
  ),
  json: jsonFlag("one JSON document per line, a finding each, with the shape of the API and what is done about it"),
  reason: reasonFlag.pipe(
    Flag.withDescription("With --apply: why; it is kept with each repair, with who you are"),
    Flag.optional
  )
}

export type VerifyOptions = Command.Command.Config.Infer<typeof verifyFlags>

/** What is done about findings. */
export type Handling =
  | { readonly _tag: "List" }
  | { readonly _tag: "Propose" }
  | { readonly _tag: "Apply"; readonly principal: string; readonly reason: string }

/** What the flags say is to be done. Fails as UsageError where they do not fit each other. */
export const handlingOf = (flags: {
  readonly repair: boolean
  readonly apply: boolean
  readonly reason: Option.Option<string>
}): Effect.Effect<Handling, UsageError> => {
  const reason = Option.getOrUndefined(flags.reason)
  const unclear = (message: string) => Effect.fail(new UsageError({ message }))
  if (!flags.repair) {
    return flags.apply || reason !== undefined
      ? unclear("--apply and --reason are of --repair: give that too.")
      : Effect.succeed({ _tag: "List" })
  }
  if (!flags.apply) {
    return reason === undefined
      ? Effect.succeed({ _tag: "Propose" })
      : unclear("--reason is of --apply: without it nothing is changed.")
  }
  return reason === undefined
    ? unclear("Say with --reason why; it is kept with each repair.")
    : Effect.succeed({ _tag: "Apply", principal: principalHere(), reason })
}
