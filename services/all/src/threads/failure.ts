import { TransientError } from '@city311/kernel';

/** An error on its way to the other thread: of its kind only this much survives. */
export interface Failure {
  readonly error: Error;
  readonly mayPass: boolean;
}

export const toFailure = (error: unknown): Failure => ({
  error: error instanceof Error ? error : new Error(String(error)),
  mayPass: error instanceof TransientError,
});

export const fromFailure = ({ error, mayPass }: Failure): Error =>
  mayPass ? new TransientError(error.message, { cause: error }) : error;
