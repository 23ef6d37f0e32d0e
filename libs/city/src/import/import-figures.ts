import type { LoadFigures } from '../figures.js';
import { parseWall } from '../time/local-clock.js';
import type { ImportPlan } from './plan.js';
import { pointOf, readCsv } from './records.js';

const stepDegrees = 0.004;
/** Fewer dated records make no pattern of their own: the pattern of all services is mixed in with this weight. */
const mixedIn = 60;

interface Tally {
  /** Cases of the even sample. */
  sampled: number;
  months: number[];
  weekdays: number[];
  hours: number[];
  channels: number[];
  readonly targetHours: number[];
  readonly closeHours: number[];
}

const tally = (channels: number): Tally => ({
  sampled: 0,
  months: Array<number>(12).fill(0),
  weekdays: Array<number>(7).fill(0),
  hours: Array<number>(24).fill(0),
  channels: Array<number>(channels).fill(0),
  targetHours: [],
  closeHours: [],
});

const bump = (weights: number[], at: number): void => {
  if (at >= 0 && at < weights.length) weights[at] = (weights[at] ?? 0) + 1;
};

const median = (values: readonly number[]): number | null => {
  if (values.length < 10) return null;
  return Math.round((values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0) * 10) / 10;
};

/** Weights of one service, the pattern of all mixed in, in parts of a thousand. */
const blend = (own: readonly number[], all: readonly number[]): number[] => {
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  const [ownSum, allSum] = [sum(own), Math.max(1, sum(all))];
  return own.map((value, at) =>
    Math.round((1000 * (value + (mixedIn * (all[at] ?? 0)) / allSum)) / (ownSum + mixedIn)),
  );
};

const hoursBetween = (from: number, to: string | undefined): number | null => {
  if (to === undefined || to.trim() === '') return null;
  try {
    return (parseWall(to) - from) / 3_600_000;
  } catch {
    return null;
  }
};

/**
 * Counts past cases into weights: how much of each service, at which month, weekday and hour, by which channel,
 * and where. Holds no case: only sums, medians and centres of gravity.
 */
export const importFigures = async (
  records: string,
  codes: readonly string[],
  channels: readonly string[],
  unknownPoints: readonly { latitude: number; longitude: number }[],
  evenSample: ImportPlan['evenSample'],
): Promise<LoadFigures> => {
  const everything = tally(channels.length);
  const byCode = new Map(codes.map((code) => [code, tally(channels.length)]));
  const cells = new Map<string, { count: number; latitude: number; longitude: number }>();
  for await (const row of readCsv(records)) {
    const own = byCode.get(`${row['subject']}:${row['reason']}:${row['type']}`);
    if (own === undefined) continue;
    const opened = parseWall(row['open_dt'] ?? '');
    const date = new Date(opened);
    const sampled = evenSample === undefined || row[evenSample.column] === evenSample.value;
    for (const counts of [own, everything]) {
      if (sampled) {
        counts.sampled += 1;
        bump(counts.months, date.getUTCMonth());
      }
      bump(counts.weekdays, date.getUTCDay());
      bump(counts.hours, date.getUTCHours());
      bump(counts.channels, channels.indexOf(row['source'] ?? ''));
    }
    const target = hoursBetween(opened, row['target_dt']);
    const close = hoursBetween(opened, row['closed_dt']);
    if (target !== null) own.targetHours.push(target);
    if (close !== null) own.closeHours.push(close);

    const point = pointOf(row, unknownPoints);
    if (point === null) continue;
    const key = `${Math.round(point.latitude / stepDegrees)} ${Math.round(point.longitude / stepDegrees)}`;
    const cell = cells.get(key) ?? { count: 0, latitude: 0, longitude: 0 };
    cell.count += 1;
    cell.latitude += point.latitude;
    cell.longitude += point.longitude;
    cells.set(key, cell);
  }
  const round = (value: number): number => Math.round(value * 1e4) / 1e4;
  return {
    channels,
    services: [...byCode].map(([code, own]) => ({
      code,
      weight: own.sampled,
      months: blend(own.months, everything.months),
      weekdays: blend(own.weekdays, everything.weekdays),
      hours: blend(own.hours, everything.hours),
      channels: blend(own.channels, everything.channels),
      targetHoursMedian: median(own.targetHours),
      closeHoursMedian: median(own.closeHours),
    })),
    places: {
      stepDegrees,
      cells: [...cells.values()]
        .filter(({ count }) => count >= 5)
        .map(({ count, latitude, longitude }) => [round(latitude / count), round(longitude / count), count]),
    },
  };
};
