import { expect, it, jest } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

import { chart, suite, values } from './rendered.js';

jest.setTimeout(60_000);

type Values = Readonly<Record<string, unknown>>;

const cases = z
  .array(
    z.strictObject({
      on: z.enum(['minimal', 'production']).default('minimal'),
      values: z.record(z.string(), z.unknown()),
      says: z.string().min(10),
    }),
  )
  .parse(parse(readFileSync(fileURLToPath(new URL('./refused.yaml', import.meta.url)), 'utf8')));
type Case = (typeof cases)[number];

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Both at once, as helm would lay one over the other; null where they say different things of one value. */
const together = (some: Values, more: Values): Values | null => {
  const all: Record<string, unknown> = { ...some };
  for (const [key, value] of Object.entries(more)) {
    const there = all[key];
    if (there === undefined) all[key] = value;
    else {
      const both = isValues(there) && isValues(value) ? together(there, value) : null;
      if (both === null) return null;
      all[key] = both;
    }
  }
  return all;
};

interface Round {
  readonly on: Case['on'];
  values: Values;
  readonly cases: Case[];
}

/** A schema's refusal comes alone; everything else is told together, so that a few runs of helm are enough for all. */
const inRounds = (): readonly Round[] => {
  const rounds: Round[] = [];
  for (const one of cases) {
    const bySchema = one.says.startsWith('at ');
    const fitting = bySchema
      ? undefined
      : rounds.find(
          (round) =>
            round.on === one.on &&
            !round.cases.some(({ says }) => says.startsWith('at ')) &&
            together(round.values, one.values) !== null,
        );
    if (fitting === undefined) rounds.push({ on: one.on, values: one.values, cases: [one] });
    else {
      fitting.values = together(fitting.values, one.values) ?? fitting.values;
      fitting.cases.push(one);
    }
  }
  return rounds;
};

suite('Values that the cluster or the program would refuse later', (helm) => {
  const folder = mkdtempSync(join(tmpdir(), 'city311-values-'));
  const told = Promise.all(
    inRounds().map(async ({ on, values: wrong, cases: of }, index) => {
      const file = join(folder, `${String(index)}.json`);
      writeFileSync(file, JSON.stringify(wrong));
      const answer = await helm.template(chart, ...values(on), '-f', file);
      return { of, ...answer };
    }),
  ).finally(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(cases.map((one) => [one.says, one] as const))('are refused with a sentence: %s', async (_, one) => {
    const answer = (await told).find(({ of }) => of.includes(one));
    expect(answer?.ok).toBe(false);
    expect(answer?.text).toContain(one.says);
  });
});
