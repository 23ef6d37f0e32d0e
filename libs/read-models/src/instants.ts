/** Stands for "still so"; the last instant that a date can hold. */
export const endless = 8.64e15;

/** @throws RangeError  not an ISO 8601 instant */
export const toMilliseconds = (instant: string): number => {
  const milliseconds = Date.parse(instant);
  if (Number.isNaN(milliseconds)) throw new RangeError('not an ISO 8601 instant');
  return milliseconds;
};
