import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';

interface Linted {
  readonly fixture: string;
  readonly expected: readonly string[];
  readonly found: readonly string[];
  readonly messages: readonly string[];
}

const room = join(import.meta.dirname, '..');
const fixtures = readdirSync(join(room, 'fixtures')).sort();
const broken = fixtures.filter((fixture) => !fixture.startsWith('allowed-'));
const allowed = fixtures.filter((fixture) => fixture.startsWith('allowed-'));

/** ESLint runs in a process of its own: its parser and plugins do not load within a test. */
const lintAll = async (): Promise<ReadonlyMap<string, Linted>> => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(room, 'lint-fixtures.mjs')], {
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
    maxBuffer: 10_000_000,
  });
  const linted = JSON.parse(stdout) as readonly Linted[];
  return new Map(linted.map((one) => [one.fixture, one]));
};

describe('The rules', () => {
  let linted: ReadonlyMap<string, Linted>;
  beforeAll(async () => {
    linted = await lintAll();
  }, 180_000);

  it.each(broken)('bite: %s', (fixture) => {
    const { expected, found } = linted.get(fixture) ?? {};
    expect(expected?.length).toBeGreaterThan(0);
    expect(found).toEqual(expected);
  });

  it.each(allowed)('let pass: %s', (fixture) => {
    expect(linted.get(fixture)?.messages).toEqual([]);
  });
});
