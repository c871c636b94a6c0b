import type { FileSystem, Path } from "effect"
import { Effect, Inspectable, type Option, type Schema, type Scope, type Stream } from "effect"
import {
  type Headers,
  HttpIncomingMessage,
  type HttpServerError,
  HttpServerRequest,
  type Multipart,
  type UrlParams
} from "effect/http"
import type { Socket } from "effect/socket"
import { checkedJson, parseJson, readBody } from "./RequestBody.ts"

type Platform = HttpServerRequest.HttpServerRequest

/** Called when the body starts to be awaited and when it is there, so that waiting for it does not count as handling. */
export interface BodyWatch {
  readonly bodyAwaited: () => void
  readonly bodyRead: () => void
}

/**
 * The request as handlers see it: the platform's, except that its body is limited in size and that the text of a JSON
 * body has been checked (see JsonScan.ts).
 */
export class CheckedRequest extends Inspectable.Class implements Platform {
  readonly [HttpServerRequest.TypeId]: typeof HttpServerRequest.TypeId = HttpServerRequest.TypeId
  readonly [HttpIncomingMessage.TypeId]: typeof HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  private readonly platform: Platform
  private readonly watch: BodyWatch
  private bytes: Buffer | undefined

  constructor(platform: Platform, watch: BodyWatch) {
    super()
    this.platform = platform
    this.watch = watch
  }

  private get body(): Effect.Effect<Buffer, HttpServerError.HttpServerError> {
    return Effect.suspend(() => {
      if (this.bytes !== undefined) return Effect.succeed(this.bytes)
      this.watch.bodyAwaited()
      return Effect.map(readBody(this.platform), (bytes) => {
        this.watch.bodyRead()
        this.bytes = bytes
        return bytes
      })
    })
  }

  get text(): Effect.Effect<string, HttpServerError.HttpServerError> {
    return Effect.flatMap(this.body, (bytes) =>
      isJson(this.platform.headers["content-type"]) ? checkedJson(bytes) : Effect.succeed(bytes.toString("utf8"))
    )
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer, HttpServerError.HttpServerError> {
    return Effect.map(this.body, (bytes) => new Uint8Array(bytes).buffer)
  }

  get json(): Effect.Effect<Schema.Json, HttpServerError.HttpServerError> {
    return Effect.flatMap(this.text, parseJson)
  }

  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, HttpServerError.HttpServerError> {
    return this.platform.urlParamsBody
  }

  get stream(): Stream.Stream<Uint8Array, HttpServerError.HttpServerError> {
    return this.platform.stream
  }

  get multipart(): Effect.Effect<
    Multipart.Persisted,
    Multipart.MultipartError,
    Scope.Scope | FileSystem.FileSystem | Path.Path
  > {
    return this.platform.multipart
  }

  get multipartStream(): Stream.Stream<Multipart.Part, Multipart.MultipartError> {
    return this.platform.multipartStream
  }

  get source(): object {
    return this.platform.source
  }

  get url(): string {
    return this.platform.url
  }

  get originalUrl(): string {
    return this.platform.originalUrl
  }

  get method(): string {
    return this.platform.method
  }

  get headers(): Headers.Headers {
    return this.platform.headers
  }

  get cookies(): Readonly<Record<string, string>> {
    return this.platform.cookies
  }

  get remoteAddress(): Option.Option<string> {
    return this.platform.remoteAddress
  }

  get peerAddress(): Option.Option<string> {
    return this.platform.peerAddress
  }

  get protocol(): "http" | "https" | undefined {
    return this.platform.protocol
  }

  /** What NodeHttpServerRequest.toServerResponse reads. */
  get response(): unknown {
    return Reflect.get(this.platform, "response")
  }

  get upgrade(): Effect.Effect<Socket.Socket, HttpServerError.HttpServerError> {
    return this.platform.upgrade
  }

  upgradeWith(options: {
    readonly headers?: Headers.Input | undefined
  }): Effect.Effect<Socket.Socket, HttpServerError.HttpServerError> {
    return this.platform.upgradeWith(options)
  }

  modify(options: Parameters<Platform["modify"]>[0]): Platform {
    return new CheckedRequest(this.platform.modify(options), this.watch)
  }

  toJSON(): unknown {
    return HttpIncomingMessage.inspect(this, { _id: "HttpServerRequest", method: this.method, url: this.url })
  }
}

/** Whether a Content-Type is JSON. Without one a body is read as JSON too, and refused elsewhere. */
const isJson = (contentType: string | undefined): boolean =>
  contentType === undefined || contentType === "application/json" || contentType.toLowerCase().includes("json")
