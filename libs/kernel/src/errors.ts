/** It may work later: retry with a limit. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
}

/** It will never work: park the message, raise a metric, let a person look. */
export class PoisonMessageError extends Error {
  override readonly name = 'PoisonMessageError';
}
