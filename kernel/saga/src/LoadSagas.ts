import { databaseUnavailableIn } from "@valerix/database"
import { Cause, Effect } from "effect"
import { inHalves } from "./InHalves.ts"
import type { SagaKey } from "./SagaStore.ts"

export type Loaded<Data> =
  | { readonly _tag: "Found"; readonly data: Data }
  | { readonly _tag: "Missing" }
  | { readonly _tag: "Unreadable" }

/**
 * Loads the data of sagas, one result per saga. One whose data cannot be read keeps no other from its own. Dies when the
 * database is away.
 */
export const loadSagas = <Data>(
  load: (sagas: ReadonlyArray<SagaKey>) => Effect.Effect<ReadonlyArray<Data | undefined>>,
  sagas: ReadonlyArray<SagaKey>
): Effect.Effect<ReadonlyArray<Loaded<Data>>> =>
  inHalves<SagaKey, Loaded<Data>>(sagas, {
    work: (part) =>
      Effect.flatMap(load(part), (found) =>
        found.length === part.length
          ? Effect.succeed(found.map(loaded))
          : Effect.die(new Error(`${found.length} results for ${part.length} sagas: whose they are, nobody can tell`))
      ),
    isOfData: (cause) => databaseUnavailableIn(cause) === undefined && !Cause.hasInterruptsOnly(cause),
    alone: ({ organizationId, sagaId }, cause) =>
      Effect.as(
        Effect.logError(
          "The data of a saga cannot be read",
          { saga_id: sagaId, organization_id: organizationId },
          cause
        ),
        { _tag: "Unreadable" }
      )
  })

const loaded = <Data>(data: Data | undefined): Loaded<Data> =>
  data === undefined ? { _tag: "Missing" } : { _tag: "Found", data }
