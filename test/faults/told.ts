import type { Anomaly, History } from './history.js';

const shown = 25;

/** Anomalies as a failing test shows them, and the log of every case that they blame. */
export const told = (
  history: History,
  anomalies: readonly Anomaly[],
): { readonly anomalies: readonly Anomaly[]; readonly log: readonly string[] } => {
  const few = anomalies.slice(0, shown);
  const blamed = new Set(
    few.flatMap(({ events }) => events.flatMap((name) => /\d{12}/.exec(name)?.[0] ?? [])),
  );
  const log = history.log
    .filter(({ subject }) => blamed.has(subject))
    .map((event) => {
      const { stream, sequence, type, recordedTime, actor, causationId = '-' } = event;
      return `${recordedTime} ${stream}@${sequence} ${type} by ${actor} after ${causationId}`;
    });
  return { anomalies: few, log };
};
