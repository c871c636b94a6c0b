import { type Mutation, mutation } from "./Mutation.ts"

type Change = (bytes: Buffer, below: (count: number) => number) => Buffer

/** Something that is done to the bytes of a whole request, which may be no HTTP any more. */
const onWire = (name: string, wire: Change): Mutation =>
  mutation(name, (draft, dice) => ({
    ...draft,
    wire: (bytes) => wire(bytes, (count) => dice.below(count)),
    // What is no whole request is waited for, which takes the program half a minute.
    delivery: { type: "stops", after: 1_000, lastly: dice.below(12) === 0 ? "wait" : "end" }
  }))

const latin = (text: string): Buffer => Buffer.from(text, "latin1")

/** The request with its head, a text with a character per byte, changed. */
const inHead =
  (change: (head: string, below: (count: number) => number) => string): Change =>
  (bytes, below) => {
    const end = bytes.indexOf("\r\n\r\n")
    if (end === -1) return bytes
    return Buffer.concat([latin(change(bytes.toString("latin1", 0, end), below)), bytes.subarray(end)])
  }

const withLine = (line: string): Change => inHead((head) => `${head}\r\n${line}`)

const oneOf = <A>(some: readonly [A, ...ReadonlyArray<A>], below: (count: number) => number): A =>
  some[below(some.length)] ?? some[0]

const LINES = [
  "Content-Length: 0",
  "Content-Length: 1",
  "Content-Length: -1",
  "Content-Length: +5",
  "Content-Length: 0x10",
  `Content-Length: ${"9".repeat(30)}`,
  "Content-Length: 5, 5",
  "Content-Length:",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: chunked, chunked",
  "Transfer-Encoding:\tchunked",
  "Transfer-Encoding : chunked",
  "Transfer-Encoding: xchunked",
  "Host: second.example",
  "no colon",
  ": no name",
  "Bad Name: x",
  "X-Nul: a\0b",
  "X-Bare: a\rb",
  "X-Esc: \x1b[31m",
  "X-High: \xff\xfe",
  " folded: x",
  "\tfolded",
  "X-Del: \x7f",
  "X\0: y",
  "(a): b"
] as const

const FIRST_LINES = [
  "GET /",
  "GET",
  "",
  "GET  /  HTTP/1.1",
  "GET / HTTP/1.0",
  "GET / HTTP/2.0",
  "GET / HTTP/9.9",
  "GET / HTTP/1.1 x",
  "GET / http/1.1",
  "PRI * HTTP/2.0",
  "GET / RTSP/1.0",
  "\x16\x03\x01\x02\x00\x01\x00",
  "CONNECT a:1 HTTP/1.1",
  "GET \x00 HTTP/1.1",
  "GET /\x1b[31m HTTP/1.1",
  "GET /\xff HTTP/1.1",
  "SSH-2.0-x",
  "GET /a b HTTP/1.1",
  "\r\n\r\nGET / HTTP/1.1",
  "OPTIONS * HTTP/1.1",
  "GET http:// HTTP/1.1"
] as const

const CHUNKS = [
  "0\r\n\r\n",
  "5\r\nhello\r\n0\r\n\r\n",
  "5;a=b\r\nhello\r\n0\r\n\r\n",
  "fffffffffffffffff\r\n",
  "-1\r\n",
  "g\r\n",
  "5\r\nhello0\r\n\r\n",
  "0\r\nTrailer: x\r\n\r\n",
  "0\r\nContent-Length: 5\r\n\r\n",
  "2\n{}\n0\n\n",
  `5;${"x".repeat(20_000)}\r\nhello\r\n0\r\n\r\n`,
  "\r\n",
  "2 \r\n{}\r\n0\r\n\r\n"
] as const

/** Malformed HTTP: nothing may hang, and neighbours of such a connection are served. */
export const wire: ReadonlyArray<Mutation> = [
  onWire("a bad header line", (bytes, below) => withLine(oneOf(LINES, below))(bytes, below)),
  onWire(
    "a bad first line",
    inHead((head, below) => [oneOf(FIRST_LINES, below), ...head.split("\r\n").slice(1)].join("\r\n"))
  ),
  onWire(
    "bare line feeds",
    inHead((head) => head.replaceAll("\r\n", "\n"))
  ),
  onWire(
    "bare carriage returns",
    inHead((head) => head.replaceAll("\r\n", "\r"))
  ),
  onWire(
    "no Host",
    inHead((head) => head.replace(/\r\nHost: [^\r]*/, ""))
  ),
  onWire("chunks", (bytes, below) => {
    const end = bytes.indexOf("\r\n\r\n")
    const head = bytes.toString("latin1", 0, end).replace(/\r\nContent-Length: [^\r]*/, "")
    return latin(`${head}\r\nTransfer-Encoding: chunked\r\n\r\n${oneOf(CHUNKS, below)}`)
  }),
  onWire("a request inside of a request", (bytes) => {
    const end = bytes.indexOf("\r\n\r\n")
    const head = bytes.toString("latin1", 0, end)
    const inner = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    return latin(
      `${head.replace(/\r\nContent-Length: [^\r]*/, "")}\r\nContent-Length: ${inner.length}\r\nTransfer-Encoding: chunked\r\n\r\n${inner}`
    )
  }),
  onWire("bytes of chance", (bytes, below) => {
    const changed = Buffer.from(bytes)
    for (let times = 0; times <= below(8); times++) changed[below(changed.length)] = below(256)
    return changed
  }),
  onWire("something before it", (bytes, below) =>
    Buffer.concat([
      latin(oneOf(["\0", "\r\n", "\n", " ", "x", "\x16\x03\x01", "HTTP/1.1 200 OK\r\n\r\n"], below)),
      bytes
    ])
  )
]
