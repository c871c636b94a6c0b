import type { VectorParting } from "@valerix/saga"

interface OrderNamed {
  readonly organizationId: string
  readonly orderId: string
}

/** Names an order across organizations, for maps. */
export const orderKeyOf = ({ orderId, organizationId }: OrderNamed): string => `${organizationId}/${orderId}`

/** Vectors are cut by orders and their lines. */
export const byOrder: VectorParting<OrderNamed & { readonly lines?: ReadonlyArray<unknown> }> = {
  nameOf: orderKeyOf,
  rowsOf: ({ lines }) => lines?.length ?? 1
}
