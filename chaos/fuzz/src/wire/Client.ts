import { connect, type Socket } from "node:net"
import { setTimeout as pause } from "node:timers/promises"
import type { Rendered } from "../request/Rendered.ts"
import { type Answer, type Exchange, headerOf, readAnswer } from "./Answer.ts"

/** How long a whole request may wait for its answer: longer than the program may handle one. */
export const ANSWER_LIMIT_MS = 20_000
/** How long a request that never comes to its end may be waited for: longer than the program waits for it. */
const PATIENCE_LIMIT_MS = 45_000
const CONNECTION_REUSED_MAX_MS = 20_000
const PIECES_MAX = 64
const KEPT_MAX = 16

/** Sends requests as bytes, and reads what comes back. Well-formed ones share connections, one after the other. */
export class Client {
  private readonly host: string
  private readonly port: number
  private readonly kept: Array<{ readonly socket: Socket; readonly usedAtMs: number }> = []

  constructor(url: string) {
    const { hostname, port } = new URL(url)
    this.host = hostname
    this.port = Number(port)
  }

  /** Sends a request and waits for what comes of it. `alone`: on a connection of its own. */
  async send(request: Rendered, alone: boolean): Promise<Exchange> {
    const startedMs = performance.now()
    const sharesConnection = !alone && request.isWellFormed && request.delivery.type === "whole"
    const kept = sharesConnection ? this.takeKept() : undefined
    const first = await this.exchange(request, kept, startedMs)
    // An idle connection may be closed at the moment that it is used.
    const isStale = kept !== undefined && first.answers.length === 0 && first.ended === "closed"
    return isStale ? this.exchange(request, undefined, startedMs) : first
  }

  /** Closes the connections that are kept. */
  close(): void {
    for (const { socket } of this.kept.splice(0)) socket.destroy()
  }

  private takeKept(): Socket | undefined {
    const kept = this.kept.pop()
    if (kept === undefined) return undefined
    if (!kept.socket.destroyed && performance.now() - kept.usedAtMs < CONNECTION_REUSED_MAX_MS) return kept.socket
    kept.socket.destroy()
    return undefined
  }

  private connect(): Socket {
    const socket = connect({ host: this.host, port: this.port, allowHalfOpen: true })
    // What goes wrong with a connection is seen when it closes.
    return socket.on("error", () => undefined)
  }

  private async exchange(request: Rendered, kept: Socket | undefined, startedMs: number): Promise<Exchange> {
    const socket = kept ?? this.connect()
    const reading = read(socket, request, startedMs)
    await deliver(socket, request)
    const exchange = await reading
    const [answer] = exchange.answers
    const mayBeKept =
      request.isWellFormed &&
      request.delivery.type === "whole" &&
      exchange.ended === "answered" &&
      exchange.unread.length === 0 &&
      answer !== undefined &&
      headerOf(answer, "connection") !== "close"
    if (mayBeKept && this.kept.length < KEPT_MAX) this.kept.push({ socket, usedAtMs: performance.now() })
    else socket.destroy()
    return exchange
  }
}

const deliver = async (socket: Socket, { bytes, delivery }: Rendered): Promise<void> => {
  switch (delivery.type) {
    case "whole":
      socket.write(bytes)
      return
    case "twice":
      socket.write(Buffer.concat([bytes, bytes]))
      return
    case "slow": {
      const size = Math.max(1, Math.ceil(bytes.length / Math.min(delivery.pieces, PIECES_MAX)))
      for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
        socket.write(bytes.subarray(at, at + size))
        await pause(delivery.pauseMs)
      }
      return
    }
    case "leaves":
      socket.end(bytes, () => socket.resetAndDestroy())
      return
    case "stops": {
      const part = bytes.subarray(0, Math.floor((bytes.length * delivery.after) / 1_000))
      if (delivery.lastly === "wait") socket.write(part)
      else if (delivery.lastly === "end") socket.end(part)
      else socket.end(part, () => socket.resetAndDestroy())
    }
  }
}

const read = (socket: Socket, { delivery, isWellFormed, method }: Rendered, startedMs: number): Promise<Exchange> =>
  new Promise((resolve) => {
    const expected = delivery.type === "twice" ? 2 : 1
    const isLeft = delivery.type === "leaves" || (delivery.type === "stops" && delivery.lastly === "cut")
    const answers: Array<Answer> = []
    let bytes: Buffer = Buffer.alloc(0)
    const done = (ended: Exchange["ended"]) => {
      clearTimeout(limit)
      socket.off("data", onData).off("end", onEnd).off("close", onClose)
      resolve({ answers, unread: bytes, ended, tookMs: performance.now() - startedMs })
    }
    const take = (isClosed: boolean) => {
      for (;;) {
        const parsed = readAnswer(bytes, method, isClosed)
        if (parsed.type !== "answer") return parsed.type
        answers.push(parsed.answer)
        bytes = parsed.rest
      }
    }
    const onData = (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
      take(false)
      if (answers.length >= expected) done("answered")
    }
    const onEnd = () => {
      take(true)
      done(isLeft ? "left" : answers.length > 0 ? "answered" : "closed")
      socket.destroy()
    }
    const onClose = () => done(isLeft ? "left" : answers.length > 0 ? "answered" : "closed")
    const limitMs = isWellFormed || delivery.type === "twice" ? ANSWER_LIMIT_MS : PATIENCE_LIMIT_MS
    const limit = setTimeout(() => {
      done("silent")
      socket.destroy()
    }, limitMs)
    socket.on("data", onData).on("end", onEnd).on("close", onClose)
  })
