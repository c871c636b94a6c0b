import type { ProductKey } from "./ports/ReservationRepository.ts"

/** Names a product across organizations, for maps. */
export const productKeyOf = ({ organizationId, productId }: ProductKey): string => `${organizationId}/${productId}`
