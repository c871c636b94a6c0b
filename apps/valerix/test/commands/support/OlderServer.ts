import { once } from "node:events"
import { connect, createServer } from "node:net"
import { join } from "node:path"
import type { DatabaseConnection } from "@valerix/database/embedded"
import { Effect, type Scope } from "effect"

/** A server that says that it is an older one: what it tells of its version is changed on its way. */
export const olderServer = (
  connection: DatabaseConnection,
  versionNumber: string
): Effect.Effect<DatabaseConnection, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const relay = createServer((caller) => {
        const server = connect(join(connection.host, `.s.PGSQL.${connection.port}`))
        for (const socket of [caller, server]) socket.on("error", () => undefined)
        caller.pipe(server)
        server.on("data", (bytes) => {
          // Of the same length, so that the messages around it stay whole.
          caller.write(Buffer.from(bytes.toString("latin1").replace(/\b1[5-9]0\d{3}\b/g, versionNumber), "latin1"))
        })
        server.on("end", () => caller.end())
      })
      relay.listen(0, "127.0.0.1")
      await once(relay, "listening")
      const address = relay.address()
      if (typeof address !== "object" || address === null) throw new Error("the relay has no port")
      return { relay, connection: { ...connection, host: "127.0.0.1", port: address.port } }
    }),
    ({ relay }) => Effect.sync(() => relay.close())
  ).pipe(Effect.map((made) => made.connection))
