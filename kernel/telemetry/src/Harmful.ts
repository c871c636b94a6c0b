/** Control characters, lone surrogates, and what reorders or hides the text around it. */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`
  ).join("")

/**
 * Writes characters that could break a line, drive a terminal or mislead who reads it as `\u202e`. JSON says the same
 * before and after.
 */
export const escapeHarmful = (text: string): string => text.replace(HARMFUL, escaped)
