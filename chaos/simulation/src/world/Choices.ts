import { fnv1a } from "@valerix/saga"

/** Something that was chosen and that would not have come by itself: the fewer a failure needs, the easier it is to read. */
export interface Choice {
  /** What was chosen about, with a number that counts the choices about it: `crash edge-1 #17`. */
  readonly key: string
  readonly outcome: string
}

/** What is chosen about, and how often it was. */
export interface Site {
  readonly about: string
  readonly hash: number
  count: number
}

/**
 * All chance of a simulated world. Every choice depends on the seed, on what it is about and on how often that was chosen
 * about before, and on nothing else. So one choice can be muted, which makes it the harmless one, without changing the
 * others.
 */
export class Choices {
  /** The choices that were not harmless, in the order of time. */
  readonly taken: Array<Choice> = []
  private readonly seed: number
  private readonly muted: ReadonlySet<string>
  private readonly sites = new Map<string, Site>()

  constructor(seed: number, muted: ReadonlySet<string> = new Set()) {
    this.seed = mix(seed + 1)
    this.muted = muted
  }

  /** A number from 0 to 1 that is not a choice: it stays the same whatever is muted. */
  fraction(about: string | Site): number {
    return this.draw(this.siteOf(about))
  }

  /** A whole number below `count` that is not a choice. */
  below(about: string | Site, count: number): number {
    return Math.floor(this.fraction(about) * count)
  }

  /** One of several that is not a choice. */
  oneOf<A>(about: string, some: readonly [A, ...ReadonlyArray<A>]): A {
    return some[this.below(about, some.length)] ?? some[0]
  }

  /** Whether something harmful happens. */
  happens(about: string | Site, probability: number): boolean {
    return this.choose(about, { yes: probability }) === "yes"
  }

  /** One of several harmful things, each with its probability, or none, which is the rest. */
  choose<Name extends string>(about: string | Site, probabilities: Readonly<Record<Name, number>>): Name | undefined {
    const site = this.siteOf(about)
    let drawn = this.draw(site)
    for (const name in probabilities) {
      drawn -= probabilities[name]
      if (drawn >= 0) continue
      const key = `${site.about} #${site.count}`
      if (this.muted.has(key)) return undefined
      this.taken.push({ key, outcome: name })
      return name
    }
    return undefined
  }

  /** What is often chosen about, to be looked up once. */
  site(about: string): Site {
    const known = this.sites.get(about)
    if (known !== undefined) return known
    const site = { about, hash: fnv1a(about), count: 0 }
    this.sites.set(about, site)
    return site
  }

  private siteOf(about: string | Site): Site {
    return typeof about === "string" ? this.site(about) : about
  }

  private draw(site: Site): number {
    site.count += 1
    return mix(this.seed ^ mix(site.hash + Math.imul(site.count, 0x9e3779b9))) / 0x1_0000_0000
  }
}

/** The finalizer of MurmurHash3 (Appleby): every bit of the result depends on every bit of the number. */
const mix = (number: number): number => {
  let bits = number | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
