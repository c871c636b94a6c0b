export interface OrderedItem {
  readonly product: string
  readonly quantity: number
}

const ITEM = /^(.+):([1-9]\d{0,6})$/

/** Reads an item as it is given to a flag: `SKU:QUANTITY`; none where it is none. */
export const itemIn = (text: string): OrderedItem | undefined => {
  const [, product, quantity] = ITEM.exec(text) ?? []
  return product === undefined || quantity === undefined ? undefined : { product, quantity: Number(quantity) }
}
