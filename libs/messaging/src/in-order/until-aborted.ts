/** Resolves when `signal` aborts; calls off waiting with `stop`, which must be called. */
export const untilAborted = (
  signal: AbortSignal,
): { readonly aborted: Promise<void>; readonly stop: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = (): void => resolve();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', onAbort, { once: true });
  return { aborted: promise, stop: () => signal.removeEventListener('abort', onAbort) };
};

/** Waits for `work`, or until `signal` aborts, whichever is first. */
export const orAborted = async (work: Promise<unknown>, signal: AbortSignal): Promise<void> => {
  const { aborted, stop } = untilAborted(signal);
  try {
    await Promise.race([work, aborted]);
  } finally {
    stop();
  }
};
