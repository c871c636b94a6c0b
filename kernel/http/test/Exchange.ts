import { connect, type Socket } from "node:net"
import { Effect } from "effect"
import { baseUrl } from "./ExampleService.ts"

/** An answer as a test looks at it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/** Sends a request with fetch. */
export const send = Effect.fnUntraced(function* (path: string, init?: RequestInit) {
  const base = yield* baseUrl
  const response = yield* Effect.promise(() => fetch(`${base}${path}`, init))
  const text = yield* Effect.promise(() => response.text())
  const headers = Object.fromEntries(response.headers)
  return { status: response.status, headers, text, json: parsed(text) } satisfies Answer
})

/** Posts a body as JSON; a string is sent as it is. */
export const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  send(path, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": "key-1", ...headers },
    body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body)
  })

const HEAD_END = "\r\n\r\n"

/** Takes the first complete answer from what was received; undefined while there is none. */
const firstAnswer = (received: string): { readonly answer: Answer; readonly rest: string } | undefined => {
  const headEnd = received.indexOf(HEAD_END)
  if (headEnd === -1) return undefined
  const [statusLine = "", ...fields] = received.slice(0, headEnd).split("\r\n")
  const headers = Object.fromEntries(
    fields.map((field) => [
      field.slice(0, field.indexOf(":")).toLowerCase(),
      field.slice(field.indexOf(":") + 1).trim()
    ])
  )
  const bodyStart = headEnd + HEAD_END.length
  const length = Number(headers["content-length"] ?? 0)
  if (received.length < bodyStart + length) return undefined
  const status = Number(statusLine.split(" ")[1])
  const text = received.slice(bodyStart, bodyStart + length)
  return { answer: { status, headers, text, json: parsed(text) }, rest: received.slice(bodyStart + length) }
}

/** A connection on which a test says byte for byte what is sent. Everything received is ASCII. */
export class Connection {
  readonly answers: Array<Answer> = []
  isClosed = false
  /** Whether the server has said to go on with the body. */
  isContinued = false
  private received = ""
  private readonly socket: Socket
  private wake: () => void = () => {}

  constructor(socket: Socket) {
    this.socket = socket
    socket.on("data", (bytes) => {
      this.received += bytes.toString("latin1")
      for (let next = firstAnswer(this.received); next !== undefined; next = firstAnswer(this.received)) {
        if (next.answer.status >= 200) this.answers.push(next.answer)
        else this.isContinued = true
        this.received = next.rest
      }
      this.wake()
    })
    socket.on("error", () => {})
    socket.on("close", () => {
      this.isClosed = true
      this.wake()
    })
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes)
  }

  end(): void {
    this.socket.destroy()
  }

  /** Waits until the condition holds; it is looked at whenever something arrives. */
  until(condition: (connection: Connection) => boolean): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      this.wake = () => {
        if (condition(this)) resume(Effect.void)
      }
      this.wake()
    })
  }

  /** Waits for so many answers and gives the last of them. */
  answer(count = 1): Effect.Effect<Answer> {
    return Effect.flatMap(
      this.until(({ answers, isClosed }) => answers.length >= count || isClosed),
      () => {
        const answer = this.answers[count - 1]
        return answer === undefined
          ? Effect.die(new Error("the connection closed without an answer"))
          : Effect.succeed(answer)
      }
    )
  }

  get closed(): Effect.Effect<void> {
    return this.until(({ isClosed }) => isClosed)
  }
}

/** Opens a connection to the service under test, closed with the scope. */
export const open = Effect.fnUntraced(function* () {
  const { port } = new URL(yield* baseUrl)
  return yield* Effect.acquireRelease(
    Effect.callback<Connection>((resume) => {
      const socket = connect(Number(port), "127.0.0.1", () => resume(Effect.succeed(new Connection(socket))))
    }),
    (connection) => Effect.sync(() => connection.end())
  )
})
