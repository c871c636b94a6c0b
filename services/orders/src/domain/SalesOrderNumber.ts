const DIGITS_MIN = 8

/** How a sales order's number is shown: 42 is SO-00000042. */
export const formatSalesOrderNumber = (soNumber: number): string => `SO-${String(soNumber).padStart(DIGITS_MIN, "0")}`
