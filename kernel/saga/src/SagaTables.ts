/** The tables that a store works on; their columns are in docs/adr/0006-saga-store.md. */
export interface SagaTables {
  readonly ledger: string
  readonly queue: string
  readonly timeline: string
  /** The name of the saga's id in all three. */
  readonly id: string
}
