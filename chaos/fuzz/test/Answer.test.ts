import { describe, expect, it } from "vitest"
import { readAnswer } from "../src/wire/Answer.ts"

const read = (text: string, method = "GET", isClosed = false) =>
  readAnswer(Buffer.from(text, "latin1"), method, isClosed)
const bodyOf = (text: string, method = "GET", isClosed = false) => {
  const parsed = read(text, method, isClosed)
  return parsed.type === "answer" ? parsed.answer.body.toString("latin1") : parsed.type
}

describe("reading an answer", () => {
  it("waits for all of it", () => {
    expect(bodyOf("HTTP/1.1 200 OK\r\ncontent-le")).toBe("more")
    expect(bodyOf("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na")).toBe("more")
    expect(bodyOf("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na", "GET", true)).toBe("wrong")
    expect(bodyOf("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab")).toBe("ab")
  })

  it("reads chunks, and leaves what comes after them", () => {
    const parsed = read("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\nHTTP/1.1")
    expect(parsed).toMatchObject({ type: "answer", answer: { status: 200 }, rest: Buffer.from("HTTP/1.1") })
    expect(bodyOf("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")).toBe("abc")
  })

  it("expects no body of an answer to HEAD, and leaves out what comes before the answer", () => {
    expect(bodyOf("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", "HEAD")).toBe("")
    expect(bodyOf("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na")).toBe("a")
  })

  it("takes nothing for an answer that is none", () => {
    expect(bodyOf("HTTP/2 200\r\n\r\n")).toBe("wrong")
    expect(bodyOf("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")).toBe("wrong")
  })
})
