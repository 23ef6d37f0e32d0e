import { parseArgs } from 'node:util';

export interface SimulateOptions {
  readonly rate: number;
  readonly seconds: number;
  readonly storm: boolean;
  readonly seed: number;
  readonly target?: string;
  readonly key?: string;
}

export const usage = `usage: npm run simulate -- [--rate 50] [--for 60s] [--storm] [--seed N] [--target URL --key K]

Sends made-up new reports at random moments, --rate a second on average, for --for (s, m or h).
--storm: a snow emergency, five times the rate and ten at its crest. Without --target it starts its own server.`;

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** @throws RangeError  an option is unknown or of the wrong kind; the message says which */
export const readOptions = (args: readonly string[], seed: number): SimulateOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rate: { type: 'string', default: '50' },
      for: { type: 'string', default: '60s' },
      storm: { type: 'boolean', default: false },
      seed: { type: 'string', default: String(seed) },
      target: { type: 'string' },
      key: { type: 'string' },
    },
  });
  const rate = Number(values.rate);
  if (!(rate > 0)) throw new RangeError('--rate must be a positive number of reports a second');
  const [, amount, unit = 's'] = /^(\d+)([smh]?)$/.exec(values.for) ?? [];
  const seconds = Number(amount) * (units[unit] ?? 1);
  if (!(seconds > 0)) throw new RangeError('--for must be a duration such as 60s, 5m or 1h');
  if (!/^\d+$/.test(values.seed)) throw new RangeError('--seed must be a whole number');
  if ((values.target === undefined) !== (values.key === undefined)) {
    throw new RangeError('--target and --key come together');
  }
  return {
    rate,
    seconds,
    storm: values.storm,
    seed: Number(values.seed),
    ...(values.target === undefined ? {} : { target: values.target }),
    ...(values.key === undefined ? {} : { key: values.key }),
  };
};
