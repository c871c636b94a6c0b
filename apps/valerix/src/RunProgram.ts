import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { layerLogging } from "@valerix/telemetry"
import { Cause, ConfigProvider, Context, Effect, Exit, Layer, type Runtime } from "effect"
import { CliError } from "effect/cli"
import { EXIT, exitCodeOf } from "./terminal/ExitCodes.ts"
import { onItsLines } from "./terminal/Text.ts"
import { layerUsage } from "./terminal/Usage.ts"

/** The signals that stop a program, with the code of one that they stopped before its end. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const

/** What stands in the way, in the words of the error, for a person; a defect is told with its trace. */
const tell = (cause: Cause.Cause<unknown>, stop: Stop) =>
  Effect.sync(() => {
    if (stop.isUnheard) return
    if (Cause.hasInterruptsOnly(cause)) {
      if (stop.askedBy === undefined) process.stderr.write(`valerix: broken off from within\n${Cause.pretty(cause)}\n`)
      return
    }
    const errors = cause.reasons.filter(Cause.isFailReason).map((reason) => reason.error)
    const told = errors
      .filter((error) => !CliError.isCliError(error))
      .map((error) => (error instanceof Error ? error.message : String(error)))
    const defects = cause.reasons.some(Cause.isDieReason) ? [Cause.pretty(cause)] : []
    for (const text of [...told, ...defects]) process.stderr.write(`valerix: ${onItsLines(text)}\n`)
  })

/** What being told to stop means to the program that runs. */
const Stopping = Context.Reference<{ isTheEnd: boolean }>("@valerix/app/Stopping", {
  defaultValue: () => ({ isTheEnd: false })
})

/** A program to which being told to stop is the end that it was started for. Any other has not done all that it had to. */
export const untilStopped = <A, E, R>(program: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Stopping, (stopping) => {
    stopping.isTheEnd = true
    return program
  })

interface Stop {
  /** The signal by which somebody has asked for it. */
  askedBy: keyof typeof SIGNALS | undefined
  /** What the program writes goes nowhere: nobody reads on, or there is no room for it. */
  isUnheard: boolean
}

/**
 * A program that runs until it is asked to stop, and did, has succeeded; another one ends as by the signal. One that was
 * interrupted without having been asked has failed.
 */
const codeOf = (exit: Exit.Exit<unknown, unknown>, stop: Stop, isTheEnd: boolean): number => {
  if (stop.isUnheard) return EXIT.FAILED
  if (Exit.isSuccess(exit)) return EXIT.DONE
  if (Cause.hasInterruptsOnly(exit.cause)) {
    if (stop.askedBy === undefined) return EXIT.FAILED
    return isTheEnd ? EXIT.DONE : SIGNALS[stop.askedBy]
  }
  const failed = exit.cause.reasons.find(Cause.isFailReason)
  return failed === undefined ? EXIT.FAILED : exitCodeOf(failed.error)
}

/**
 * Where nobody reads on, as behind `| head`, or the disk is full, the program stops as if it had been told to, but has not
 * done all it had to.
 */
const stopWhenUnheard = (stop: Stop): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (stop.askedBy !== undefined || stop.isUnheard) return
      stop.isUnheard = true
      // It may be over but for this.
      process.exitCode = EXIT.FAILED
      if (error.code !== "EPIPE" && stream === process.stdout) {
        process.stderr.write(`valerix: What it says cannot be written to standard output: ${error.message}.\n`)
      }
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

/** Runs a program as this process: it stops on SIGINT and SIGTERM, and ends with a code of `EXIT`. */
export const runProgram = <A, E>(program: Effect.Effect<A, E, Layer.Success<typeof NodeServices.layer>>): void => {
  const stop: Stop = { askedBy: undefined, isUnheard: false }
  const stopping = { isTheEnd: false }
  const teardown: Runtime.Teardown = (exit, onExit) => onExit(codeOf(exit, stop, stopping.isTheEnd))
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stop.askedBy = signal
    })
  }
  stopWhenUnheard(stop)
  program.pipe(
    Effect.provide(Layer.mergeAll(NodeServices.layer, logging, layerUsage)),
    Effect.tapCause((cause) => tell(cause, stop)),
    Effect.provideService(Stopping, stopping),
    NodeRuntime.runMain({ disableErrorReporting: true, teardown })
  )
}
