/** The services that run alone; checkout runs where the others are. */
export const SINGLE_SERVICES = ["orders", "inventory", "payments"] as const
export type SingleServiceName = (typeof SINGLE_SERVICES)[number]
