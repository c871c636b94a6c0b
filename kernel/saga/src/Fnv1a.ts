/** FNV-1a of a text (Fowler, Noll, Vo), 32 bits: the same number for the same text, on every machine. */
export const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
