/** The only way that a part of the system learns what time it is. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export interface ManualClock extends Clock {
  /** @throws RangeError  time would run backwards */
  advance(byMs: number): void;
}

/** A clock that stands still until it is moved. */
export const manualClock = (start: string): ManualClock => {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    advance: (byMs) => {
      if (byMs < 0) throw new RangeError(`time does not run backwards: ${byMs} ms`);
      time += byMs;
    },
  };
};
