/** The longest that an answer waits for an order to come to rest. */
export const WAIT_MAX_MS = 10_000

/**
 * How long the caller would like to wait, from the header `Prefer: wait=2` (RFC 7240, seconds); none when it does not
 * say or says it in a way that is not understood, which the RFC asks to ignore.
 */
export const waitMsOf = (prefer: string | undefined): number | undefined => {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,4})"?(?=$|[,;\s])/i.exec(prefer ?? "")
  return match === null ? undefined : Math.min(Number(match[1]) * 1000, WAIT_MAX_MS)
}
