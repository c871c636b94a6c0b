import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { refusal } from "./Refusal.ts"

type Answer = ServerResponse<IncomingMessage>

/** How long a refused caller may take to read why, before its connection is cut. */
const REFUSAL_READ_MAX_MS = 500

/**
 * The connections of a server and the answer that each is to carry last. It refuses what is not HTTP without breaking
 * into an answer that is under way, and it lets the server stop without waiting for connections that nobody uses.
 */
export class Connections {
  private readonly server: Server
  private readonly latest = new Map<Duplex, Answer | undefined>()
  private readonly refused = new WeakSet<Duplex>()
  private isStopping = false

  constructor(server: Server) {
    this.server = server
    server.on("connection", (socket) => this.opened(socket))
    server.on("request", (_request, answer) => this.begun(answer))
    server.on("checkContinue", (_request, answer) => this.begun(answer))
    server.on("clientError", (error: NodeJS.ErrnoException, socket) => this.refuse(error.code, socket))
    server.on("connect", (_request, socket) => this.refuse(undefined, socket))
  }

  /** Closes what is idle now and everything else after its last answer. */
  stop(): void {
    this.isStopping = true
    for (const [socket, answer] of this.latest) {
      if (answer !== undefined) this.closeAfter(answer)
      else if (bytesReadFrom(socket) === 0) socket.destroy()
    }
    this.server.closeIdleConnections()
  }

  private opened(socket: Socket): void {
    this.latest.set(socket, undefined)
    socket.once("close", () => this.latest.delete(socket))
  }

  private begun(answer: Answer): void {
    this.latest.set(answer.req.socket, answer)
    if (this.isStopping) this.closeAfter(answer)
  }

  private closeAfter(answer: Answer): void {
    if (answer.headersSent) answer.once("close", () => this.server.closeIdleConnections())
    else answer.shouldKeepAlive = false
  }

  /**
   * Answers bytes that are no request, or a request that does not arrive, and closes the connection. Answers to earlier
   * requests of the connection go first: a refusal that overtakes one would be taken for it.
   */
  private refuse(code: string | undefined, socket: Duplex): void {
    if (this.refused.has(socket)) return
    if (code === "ECONNRESET" || !socket.writable) {
      socket.destroy()
      return
    }
    this.refused.add(socket)
    socket.pause()
    const answer = this.latest.get(socket)
    if (answer === undefined || answer.writableFinished) closeWith(refusal(code), socket)
    else if (answer.req.complete || answer.writableEnded) answer.once("close", () => closeWith(refusal(code), socket))
    else if (answer.headersSent) socket.destroy()
    else if (answer.socket === null) answer.once("socket", () => closeWith(refusal(code), socket))
    else closeWith(refusal(code), socket)
  }
}

const bytesReadFrom = (socket: Duplex): number => ("bytesRead" in socket ? Number(socket.bytesRead) : 0)

const closeWith = (bytes: string, socket: Duplex): void => {
  if (socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  socket.end(bytes)
  const cut = setTimeout(() => socket.destroy(), REFUSAL_READ_MAX_MS)
  socket.once("close", () => clearTimeout(cut))
}
