const maxDelayMs = 30_000;
const maxReasonLength = 1_000;

/** Wait before the next try: doubles with each attempt up to 30 s, then shortened by up to a half so that retries spread out. */
export const backoffMs = (attempts: number, retryDelayMs: number, random = Math.random()): number =>
  Math.min(retryDelayMs * 2 ** Math.min(attempts - 1, 30), maxDelayMs) * (1 - random / 2);

/** What an error says, with its causes, in at most 1,000 characters. */
export const reasonOf = (error: unknown): string => {
  const parts: string[] = [];
  let cause = error;
  while (cause instanceof Error && parts.length < 5) {
    parts.push(`${cause.name}: ${cause.message}`);
    cause = cause.cause;
  }
  if (typeof cause === 'string') parts.push(cause);
  return (parts.join('; caused by ') || 'no reason given').slice(0, maxReasonLength);
};
