import { connect, createServer, type Socket } from "node:net"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { Effect } from "effect"

/**
 * A way to a database that can fall silent: connections stay open, and nothing comes through any more, as when a cable is
 * pulled or a firewall forgets them.
 */
export const makeSilentNetwork = Effect.fnUntraced(function* (database: DatabaseConnection) {
  const sockets = new Set<Socket>()
  let isSilent = false
  const forward = (from: Socket, to: Socket) => {
    sockets.add(from)
    from.on("data", (bytes) => {
      if (!isSilent) to.write(bytes)
    })
    from.on("error", () => to.destroy())
    from.on("close", () => {
      sockets.delete(from)
      to.destroy()
    })
  }
  const server = createServer((near) => {
    const far = database.host.startsWith("/")
      ? connect(`${database.host}/.s.PGSQL.${database.port}`)
      : connect(database.port, database.host)
    forward(near, far)
    forward(far, near)
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () =>
      Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
      })
  )
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  const connection: DatabaseConnection = { ...database, host: "127.0.0.1", port }
  return {
    connection,
    /** From here on nothing comes through, on old connections and new ones. */
    fallSilent: Effect.sync(() => {
      isSilent = true
    }),
    /** What is sent from here on comes through again. What was lost stays lost. */
    speak: Effect.sync(() => {
      isSilent = false
    })
  }
})
