import { once } from "node:events"
import { createServer } from "node:net"
import { Effect } from "effect"

const listening = async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (typeof address !== "object" || address === null) throw new Error("the server has no port")
  return { server, port: address.port }
}

/** A port that somebody listens on who is no Valerix, until the scope closes. */
export const takenPort = Effect.map(
  Effect.acquireRelease(Effect.promise(listening), ({ server }) => Effect.sync(() => server.close())),
  ({ port }) => port
)

/** A port that is free at the moment. */
export const freePort: Effect.Effect<number> = Effect.scoped(takenPort)
