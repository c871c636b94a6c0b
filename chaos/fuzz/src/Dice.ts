import { Choices } from "@valerix/simulation/src/world/Choices.ts"

/** What is left to chance in one place of one request: the same number always throws the same. */
export class Dice {
  private readonly choices: Choices

  constructor(seed: number) {
    this.choices = new Choices(seed)
  }

  /** A whole number below `count`; 0 where there is nothing below it. */
  below(count: number): number {
    return this.choices.below("below", count)
  }

  /** One of several. */
  oneOf<A>(some: readonly [A, ...ReadonlyArray<A>]): A {
    return this.choices.oneOf("one", some)
  }

  /** One of several, of which there may be none. */
  among<A>(some: ReadonlyArray<A>): A | undefined {
    return some[this.below(some.length)]
  }
}

/** One number made of several. */
export const seedOf = (seed: number, ...parts: ReadonlyArray<number | string>): number =>
  new Choices(seed).below(parts.join(" "), 0x7fff_ffff)
