import { parseArgs } from 'node:util';

import { asOfInstant } from './export-check.js';

export interface ReplayOptions {
  readonly from: string;
  readonly limit?: number;
  readonly block?: string;
  readonly asOf?: string;
  readonly target?: string;
  readonly key?: string;
  /** Least share of equal cells in each column, percent; `ontime` is let half a point lower. */
  readonly floor: number;
  readonly inFlight?: number;
  readonly lanes?: number;
}

export const usage = `usage: npm run replay -- --from <csv|csv.gz> [--limit N] [--block NAME] [--as-of INSTANT]
                         [--target URL --key K] [--floor 99.5] [--in-flight N] [--lanes N]

Plays a city's history through the public doors and compares the open data that comes out with what went in.
Without --target it starts its own server on an empty folder. --as-of judges open cases at that instant
(ISO 8601, or a Boston date or time); without it each block of the file is judged when it was extracted.`;

/** @throws RangeError  an option is missing, unknown or of the wrong kind; the message says which */
export const readOptions = (args: readonly string[]): ReplayOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: 'string' },
      limit: { type: 'string' },
      block: { type: 'string' },
      'as-of': { type: 'string' },
      target: { type: 'string' },
      key: { type: 'string' },
      floor: { type: 'string' },
      'in-flight': { type: 'string' },
      lanes: { type: 'string' },
    },
  });
  const count = (name: 'limit' | 'in-flight' | 'lanes'): number | undefined => {
    const given = values[name];
    if (given === undefined) return undefined;
    if (!/^[1-9]\d*$/.test(given)) throw new RangeError(`--${name} must be a positive number`);
    return Number(given);
  };
  if (values.from === undefined) throw new RangeError('--from is missing');
  if ((values.target === undefined) !== (values.key === undefined)) {
    throw new RangeError('--target and --key come together');
  }
  const floor = Number(values.floor ?? '99.5');
  if (!(floor >= 0 && floor <= 100)) throw new RangeError('--floor must be a percentage');
  const [limit, inFlight, lanes] = [count('limit'), count('in-flight'), count('lanes')];
  return {
    from: values.from,
    floor,
    ...(limit === undefined ? {} : { limit }),
    ...(inFlight === undefined ? {} : { inFlight }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(values.block === undefined ? {} : { block: values.block }),
    ...(values['as-of'] === undefined ? {} : { asOf: asOfInstant(values['as-of']) }),
    ...(values.target === undefined ? {} : { target: values.target }),
    ...(values.key === undefined ? {} : { key: values.key }),
  };
};
