/** Tables that hold ids and times only and are read across organizations, so that one worker serves them all. */
export const QUEUES = ["edge_leases", "saga_queue"] as const
