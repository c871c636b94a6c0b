/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number
  /** One character per byte. */
  readonly head: string
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: Buffer
}

/** What came of a connection. */
export interface Exchange {
  /** The final answers, in their order; there is more than one only where more than one request was sent. */
  readonly answers: ReadonlyArray<Answer>
  /** Bytes that are no answer. */
  readonly unread: Buffer
  readonly ended: "answered" | "closed" | "left" | "silent"
  readonly tookMs: number
}

export const headerOf = ({ headers }: Answer, name: string): string | undefined =>
  headers.find(([one]) => one === name)?.[1]

type Parsed =
  | { readonly type: "more" }
  | { readonly type: "wrong" }
  | { readonly type: "answer"; readonly answer: Answer; readonly rest: Buffer }

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) ([\x20-\x7e]*)$/
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?(.*)$/

/** Reads the first answer in bytes, interim ones (1xx) left out. `isClosed`: nothing more will come. */
export const readAnswer = (bytes: Buffer, method: string, isClosed: boolean): Parsed => {
  const end = bytes.indexOf("\r\n\r\n")
  if (end === -1) return bytes.length === 0 || !isClosed ? { type: "more" } : { type: "wrong" }
  const head = bytes.toString("latin1", 0, end)
  const [first = "", ...lines] = head.split("\r\n")
  const status = Number(STATUS_LINE.exec(first)?.[1] ?? 0)
  const headers = lines.map((line) => HEADER_LINE.exec(line))
  if (status === 0 || headers.some((header) => header === null)) return { type: "wrong" }
  const rest = bytes.subarray(end + 4)
  if (status < 200) return readAnswer(rest, method, isClosed)
  const fields = headers.map((header) => [String(header?.[1]).toLowerCase(), String(header?.[2])] as const)
  const fieldAt = (name: string) => fields.find(([one]) => one === name)?.[1]
  const taken = method === "HEAD" || status === 204 || status === 304 ? 0 : bodyIn(rest, fieldAt, isClosed)
  if (taken === undefined) return isClosed ? { type: "wrong" } : { type: "more" }
  const body = typeof taken === "number" ? rest.subarray(0, taken) : taken.body
  const after = typeof taken === "number" ? taken : taken.length
  return { type: "answer", answer: { status, head, headers: fields, body }, rest: rest.subarray(after) }
}

const bodyIn = (rest: Buffer, fieldAt: (name: string) => string | undefined, isClosed: boolean) => {
  const declared = fieldAt("content-length")
  if (declared !== undefined) return rest.length >= Number(declared) ? Number(declared) : undefined
  if (fieldAt("transfer-encoding") === "chunked") return chunksIn(rest)
  return isClosed ? rest.length : undefined
}

const chunksIn = (rest: Buffer): { readonly body: Buffer; readonly length: number } | undefined => {
  const chunks: Array<Buffer> = []
  let at = 0
  for (;;) {
    const line = rest.indexOf("\r\n", at)
    if (line === -1) return undefined
    const length = Number.parseInt(rest.toString("latin1", at, line), 16)
    const from = line + 2
    if (rest.length < from + length + 2) return undefined
    at = from + length + 2
    if (length === 0) return { body: Buffer.concat(chunks), length: at }
    chunks.push(rest.subarray(from, from + length))
  }
}

const SHOWN_MAX_CHARACTERS = 1_500

/** What came of a connection, for a person. */
export const shown = ({ answers, ended, tookMs }: Exchange): string =>
  answers.length === 0
    ? `nothing; ${ended} after ${Math.round(tookMs)} ms`
    : answers
        .map(({ body, head }) =>
          JSON.stringify(`${head}\r\n\r\n${body.toString("utf8")}`).slice(0, SHOWN_MAX_CHARACTERS)
        )
        .join(" and ")
