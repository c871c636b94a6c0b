import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { layerLogging } from "@valerix/telemetry"
import { Cause, ConfigProvider, Effect, Exit, Layer, type Runtime } from "effect"
import { CliError } from "effect/cli"

/** What stands in the way, in the words of the error, for a person; a defect is told with its trace. */
const tell = (cause: Cause.Cause<unknown>, stop: Stop) =>
  Effect.sync(() => {
    if (Cause.hasInterruptsOnly(cause)) {
      if (!stop.isAskedFor) process.stderr.write(`valerix: broken off from within\n${Cause.pretty(cause)}\n`)
      return
    }
    const errors = cause.reasons.filter(Cause.isFailReason).map((reason) => reason.error)
    const told = errors
      .filter((error) => !CliError.isCliError(error))
      .map((error) => (error instanceof Error ? error.message : String(error)))
    const defects = cause.reasons.some(Cause.isDieReason) ? [Cause.pretty(cause)] : []
    for (const text of [...told, ...defects]) process.stderr.write(`valerix: ${text}\n`)
  })

interface Stop {
  isAskedFor: boolean
  /** Nobody reads on what the program writes. */
  isUnread: boolean
}

/**
 * A program that was asked to stop, and did, has succeeded. One that was interrupted without having been asked has not
 * done what it was started for.
 */
const teardownAfter =
  (stop: Stop): Runtime.Teardown =>
  (exit, onExit) =>
    onExit(Exit.isSuccess(exit) || (stop.isAskedFor && !stop.isUnread && Cause.hasInterruptsOnly(exit.cause)) ? 0 : 1)

/** Where nobody reads on, as behind `| head`, the program stops as if it had been told to, but has not done all it had to. */
const stopWhenUnread = (stop: Stop): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error
      if (stop.isAskedFor || stop.isUnread) return
      stop.isUnread = true
      process.kill(process.pid, "SIGTERM")
    })
  }
}

/** A level that is none is reported with everything else that is wrong in the environment; until then the usual one holds. */
const logging = layerLogging({ service: "valerix" }).pipe(
  Layer.catch(() =>
    layerLogging({ service: "valerix" }).pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({}))))
  )
)

/** Runs a program as this process: it stops on SIGINT and SIGTERM, and ends with 0 or 1. */
export const runProgram = <A, E>(program: Effect.Effect<A, E, Layer.Success<typeof NodeServices.layer>>): void => {
  const stop: Stop = { isAskedFor: false, isUnread: false }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stop.isAskedFor = true
    })
  }
  stopWhenUnread(stop)
  program.pipe(
    Effect.provide(Layer.merge(NodeServices.layer, logging)),
    Effect.tapCause((cause) => tell(cause, stop)),
    NodeRuntime.runMain({ disableErrorReporting: true, teardown: teardownAfter(stop) })
  )
}
