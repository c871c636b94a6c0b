/** The longest that an answer waits for an order to come to rest. */
export const WAIT_MAX_MS = 10_000

/** The preferences of a header are separated by commas; those inside of quotes do not count. */
const PREFERENCES = /(?:[^",]|"(?:[^"\\]|\\.)*")+/g
const IS_WAIT = /^\s*wait\s*(?:[=;]|$)/i
const WAIT_SECONDS = /^\s*wait\s*=\s*(?:"(\d+)"|(\d+))\s*(?:;|$)/i

/**
 * How long the caller would like to wait, from the header `Prefer: wait=2` (RFC 7240, seconds); none when it does not
 * say or says it in a way that is not understood, which the RFC asks to ignore. If it says so twice, the first counts.
 */
export const waitMsOf = (prefer: string | undefined): number | undefined => {
  const preference = prefer?.match(PREFERENCES)?.find((one) => IS_WAIT.test(one))
  if (preference === undefined) return undefined
  const [, quoted, bare] = WAIT_SECONDS.exec(preference) ?? []
  const seconds = quoted ?? bare
  return seconds === undefined ? undefined : Math.min(Number(seconds) * 1000, WAIT_MAX_MS)
}
