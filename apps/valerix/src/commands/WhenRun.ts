import { Effect } from "effect"

/**
 * The handler of a command, loaded when the command runs: what commands work with takes longer to load than most of them
 * take to run, and neither help nor another command needs it.
 */
export const whenRun =
  <Options, A, E, R>(load: () => Promise<(options: Options) => Effect.Effect<A, E, R>>) =>
  (options: Options): Effect.Effect<A, E, R> =>
    Effect.flatMap(Effect.promise(load), (handle) => handle(options))
