import { connect, createServer, type Socket } from "node:net"
import { Effect } from "effect"

export type Endpoint = { readonly path: string } | { readonly host: string; readonly port: number }

/** A way to PostgreSQL on which connections can be reset. */
export interface DatabaseProxy {
  readonly port: number
  /** Resets all connections in both directions, in the middle of whatever is on its way; gives how many there were. */
  readonly reset: Effect.Effect<number>
}

export const startProxy = (target: Endpoint) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const open = new Set<{ readonly near: Socket; readonly far: Socket }>()
      const server = createServer((near) => {
        const pair = { near, far: connect(target) }
        open.add(pair)
        const close = () => {
          open.delete(pair)
          pair.near.destroy()
          pair.far.destroy()
        }
        for (const socket of [pair.near, pair.far]) {
          socket.setNoDelay(true)
          socket.on("error", close)
          socket.on("close", close)
        }
        near.pipe(pair.far)
        pair.far.pipe(near)
      })
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject)
        server.listen(0, "127.0.0.1", resolve)
      })
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      const resetAll = (): number => {
        const pairs = [...open]
        for (const { far, near } of pairs) {
          near.resetAndDestroy()
          far.destroy()
        }
        return pairs.length
      }
      return { server, resetAll, proxy: { port, reset: Effect.sync(resetAll) } }
    }),
    ({ resetAll, server }) =>
      Effect.promise(() => {
        resetAll()
        return new Promise<void>((resolve) => server.close(() => resolve()))
      })
  ).pipe(Effect.map(({ proxy }): DatabaseProxy => proxy))
