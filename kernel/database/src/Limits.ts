/**
 * How long a service's database may be waited for, all in one place, because they have to fit each other: a vector of an
 * order's execution is answered by its deadline, 2 s unless configured otherwise, and what is pending then leaves the
 * batch.
 */

/**
 * How long a statement waits for one lock. Less than the deadline of a vector: a participant that meets a row which somebody
 * holds has to answer in time that it could not, and must not keep the rows that it holds itself for an answer that nobody
 * waits for any more. More than the second after which PostgreSQL looks for deadlocks: so a deadlock costs one of the two
 * that are in it, not both.
 */
export const LOCK_LIMIT_MS = 1_500

/**
 * How long a statement and a whole transaction may take. Not less than a vector's deadline, because the same connections
 * serve lists and checks: whoever waits for a vector interrupts it at the deadline, which cancels its statement and
 * gives back its locks at once. These end what nobody interrupts, such as a vector that came over a network.
 */
export const STATEMENT_LIMIT_MS = 10_000
export const TRANSACTION_LIMIT_MS = 10_000

/** How long a transaction may do nothing: longer than it may last, so it ends only what nobody is left to end. */
const IDLE_TRANSACTION_LIMIT_MS = 15_000

/**
 * Settings of a session. The server keeps them even when this process has stopped to care: a lock that does not come, a
 * statement that does not end, and a transaction that nobody finishes give their locks back.
 */
export const SESSION_LIMITS = {
  lock_timeout: `${LOCK_LIMIT_MS}`,
  statement_timeout: `${STATEMENT_LIMIT_MS}`,
  idle_in_transaction_session_timeout: `${IDLE_TRANSACTION_LIMIT_MS}`
}
