/** The program cannot be run here, and the message says what its user can do about it. */
export class Unusable extends Error {}

/** This process was told to end while it was still preparing to run the program. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(signal)
    this.signal = signal
  }
}
