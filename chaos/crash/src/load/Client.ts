import { Agent, request } from "node:http"
import { Schema } from "effect"

/** An answer as it came. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

const ANSWER_LIMIT_MS = 5_000

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** Asks the program; none when no whole answer came in time, whatever the reason. */
export const ask = (
  url: string,
  method: "GET" | "POST" | "PUT",
  path: string,
  options: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
): Promise<Answer | undefined> =>
  new Promise((resolve) => {
    const text = options.body === undefined ? undefined : JSON.stringify(options.body)
    const none = () => resolve(undefined)
    const asking = request(
      `${url}${path}`,
      {
        method,
        agent,
        timeout: ANSWER_LIMIT_MS,
        headers: {
          ...options.headers,
          ...(text === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
        }
      },
      (response) => {
        const chunks: Array<Buffer> = []
        response.on("data", (chunk: Buffer) => chunks.push(chunk))
        response.on("error", none)
        response.on("close", none)
        response.on("end", () => {
          if (!response.complete) return none()
          resolve({ status: response.statusCode ?? 0, body: bodyOf(Buffer.concat(chunks).toString("utf8")) })
        })
      }
    )
    asking.on("error", none)
    asking.on("timeout", () => asking.destroy())
    asking.end(text)
  })

const bodyOf = (text: string): unknown => {
  try {
    return text === "" ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}

const isOrder = Schema.is(Schema.Struct({ id: Schema.String, ledger_status: Schema.String }))
const isAboutOrder = Schema.is(Schema.Struct({ order_id: Schema.String }))
const isProblem = Schema.is(Schema.Struct({ code: Schema.String }))

/** The order that an answer is about, be it the order or the problem that it ended with; none where it is about none. */
export const orderIdIn = ({ body }: Answer): string | undefined => {
  if (isOrder(body)) return body.id
  return isAboutOrder(body) ? body.order_id : undefined
}

export const codeIn = ({ body }: Answer): string | undefined => (isProblem(body) ? body.code : undefined)
