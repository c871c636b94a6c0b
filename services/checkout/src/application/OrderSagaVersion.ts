/** The version of the order saga that new orders begin with. */
export const ORDER_SAGA_VERSION = 1
