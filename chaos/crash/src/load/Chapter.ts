/** The organizations that order at a time. Every few kills others take over, so that what is checked stays small. */
export interface Chapter {
  readonly number: number
  readonly organizations: ReadonlyArray<string>
}

const ORGANIZATIONS = 3
const KILLS_PER_CHAPTER = 20

export const chapterOf = (kill: number): Chapter => {
  const number = Math.floor((kill - 1) / KILLS_PER_CHAPTER)
  return {
    number,
    organizations: Array.from({ length: ORGANIZATIONS }, (_, index) =>
      organizationId(number * ORGANIZATIONS + index + 1)
    )
  }
}

const organizationId = (number: number): string => `01900000-0000-7000-8001-${number.toString(16).padStart(12, "0")}`
