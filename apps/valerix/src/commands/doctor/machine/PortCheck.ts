import { createServer } from "node:net"
import { Effect, Option, Schema } from "effect"
import { onOneLine } from "../../../terminal/Text.ts"
import { check } from "../Check.ts"
import { fail, ok, type Said, warn } from "../Finding.ts"
import { holderOf } from "./HomeCheck.ts"
import { holderOfPort, type PortHolder } from "./PortHolder.ts"

const HEALTH_LIMIT_MS = 3_000

const readHealth = Schema.decodeUnknownOption(
  Schema.fromJsonString(
    Schema.Struct({
      status: Schema.String,
      service: Schema.String,
      dependencies: Schema.Record(Schema.String, Schema.String)
    })
  )
)
type Health = Option.Option.Value<ReturnType<typeof readHealth>>

/** Why nobody new can listen on a port of this machine; none when somebody can. */
const obstacleTo = (port: number): Effect.Effect<string | undefined> =>
  Effect.callback<string | undefined>((resume) => {
    const server = createServer()
    server.once("error", (cause: NodeJS.ErrnoException) => resume(Effect.succeed(cause.code ?? cause.message)))
    server.listen(port, "127.0.0.1", () => server.close(() => resume(Effect.succeed(undefined))))
  })

/** What a Valerix on the port says of itself; none when it is none. */
const healthOn = (port: number): Effect.Effect<Health | undefined> =>
  Effect.tryPromise(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(HEALTH_LIMIT_MS) })
    return Option.getOrUndefined(readHealth(await response.text()))
  }).pipe(Effect.orElseSucceed(() => undefined))

const whoText = (holder: PortHolder | undefined): string =>
  holder === undefined ? "somebody else" : `process ${holder.processId} (${onOneLine(holder.program)})`

const judgeValerix = (port: number, health: Health, holder: PortHolder | undefined, isOurs: boolean): Said => {
  const who = `port ${port} is used by ${health.service}${holder === undefined ? "" : `, process ${holder.processId}`}`
  if (!isOurs)
    return warn(
      `${who}, which does not run on this folder`,
      "Set PORT to a port of its own for each copy, and VALERIX_HOME to a folder of its own."
    )
  if (health.status === "healthy") return ok(`${who}: healthy`)
  const away = Object.entries(health.dependencies).filter(([, word]) => word !== "connected" && word !== "reachable")
  return fail(
    `${who}: ${onOneLine(health.status)}; ${away.map(([name, word]) => onOneLine(`${name} ${word}`)).join(", ")}`,
    "It cannot reach what is named: see its log, and the checks of the databases below."
  )
}

/** Whether the public door can be opened, or is open already. */
export const portCheck = (port: number, variable: string, home: string | undefined) =>
  check(
    "port",
    variable,
    Effect.gen(function* () {
      if (port === 0) return ok("any free one is taken")
      const obstacle = yield* obstacleTo(port)
      if (obstacle === undefined) return ok(`port ${port} is free`)
      if (obstacle === "EACCES")
        return fail(`port ${port} may not be used by this user`, `Set ${variable} to a port from 1024 on.`)
      const [health, holder] = yield* Effect.all([healthOn(port), holderOfPort(port)], { concurrency: 2 })
      if (health === undefined)
        return fail(`port ${port} is used by ${whoText(holder)}`, `Stop that, or set ${variable} to another port.`)
      const ours = home === undefined ? holder?.processId : yield* holderOf(home)
      return judgeValerix(
        port,
        health,
        holder,
        ours !== undefined && (holder === undefined || holder.processId === ours)
      )
    })
  )
