import type { Fiber } from "effect"
import type { BodyWatch } from "./CheckedRequest.ts"

/**
 * Interrupts a request that is handled for too long. Waiting for the body does not count: the server's own
 * `requestTimeout` limits that. One plain timer per request: a tenth of what a timeout in a fiber of its own costs.
 */
export class HandlingLimit implements BodyWatch {
  isPassed = false
  private isWaitingForBody = false
  private timer: NodeJS.Timeout | undefined
  private readonly fiber: Fiber.Fiber<unknown, unknown>

  constructor(fiber: Fiber.Fiber<unknown, unknown>) {
    this.fiber = fiber
  }

  start(maxMs: number): void {
    this.timer = setTimeout(end, maxMs, this)
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  bodyAwaited(): void {
    this.isWaitingForBody = true
  }

  bodyRead(): void {
    this.isWaitingForBody = false
    this.timer?.refresh()
  }

  end(): void {
    if (this.isWaitingForBody) {
      this.timer?.refresh()
      return
    }
    this.isPassed = true
    this.fiber.interruptUnsafe()
  }
}

const end = (limit: HandlingLimit): void => limit.end()
