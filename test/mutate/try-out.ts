import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import type { Candidate } from './candidates.js';
import { applied } from './operators.js';
import { runJest, suitesOf, type JestRun } from './suites.js';

export type Fate = 'noticed' | 'out-of-time' | 'unnoticed' | 'no-suite' | 'red-before' | 'does-not-compile';

/** How long suites may take of a change, and how much longer than without one: what waits for ever counts as noticed. */
const leastMs = 20_000;
const slower = 4;
const testTimeoutMs = 60_000;
/** Of all suites next to a file, the fastest that take so long together. */
const enoughMs = 60_000;
const firstRunMs = 900_000;

/** What the suites next to a file are, and how long they may take, found out once for each file. */
interface Beside {
  readonly suites: readonly string[];
  readonly limitMs: number;
  readonly areRed: boolean;
}

/** Tries changes in a copy, one at a time; each file is as it was afterwards. */
export class TryOut {
  readonly #beside = new Map<string, Beside>();
  readonly #bySuites = new Map<string, Beside>();

  constructor(
    private readonly folder: string,
    private readonly compiles: (file: string, text: string) => boolean,
    private readonly stop: AbortSignal,
  ) {}

  async fateOf({ file, mutant }: Candidate): Promise<Fate> {
    const path = join(this.folder, file);
    const before = readFileSync(path, 'utf8');
    const after = applied(before, mutant);
    if (!this.compiles(file, after)) return 'does-not-compile';
    const { suites, limitMs, areRed } = await this.#besideOf(file);
    if (suites.length === 0) return areRed ? 'red-before' : 'no-suite';
    writeFileSync(path, after);
    try {
      const { outcome } = await this.#run(suites, limitMs, '--bail');
      if (outcome === 'out-of-time') return outcome;
      return outcome === 'passed' ? 'unnoticed' : 'noticed';
    } finally {
      writeFileSync(path, before);
    }
  }

  #run(suites: readonly string[], limitMs: number, ...more: readonly string[]): Promise<JestRun> {
    const args = [...more, '--forceExit', `--testTimeout=${testTimeoutMs}`, '--runTestsByPath', ...suites];
    return runJest(this.folder, args, limitMs, this.stop);
  }

  async #besideOf(file: string): Promise<Beside> {
    const known = this.#beside.get(file);
    if (known !== undefined) return known;
    const suites = await suitesOf(this.folder, file, this.stop);
    const key = suites.join(' ');
    const beside = this.#bySuites.get(key) ?? (await this.#tried(suites));
    this.#bySuites.set(key, beside);
    this.#beside.set(file, beside);
    return beside;
  }

  /** All of them once without a change: those that fail are left out, and so are the slowest where there are many. */
  async #tried(all: readonly string[]): Promise<Beside> {
    if (all.length === 0) return { suites: [], limitMs: 0, areRed: false };
    const file = join(this.folder, '.first-run.json');
    rmSync(file, { force: true });
    await this.#run(all, firstRunMs, '--json', `--outputFile=${file}`);
    const green = existsSync(file) ? readGreen(readFileSync(file, 'utf8')) : [];
    let sumMs = 0;
    const suites = green.filter(({ ms }, index) => (sumMs += ms) <= enoughMs || index === 0);
    const takenMs = suites.reduce((sum, { ms }) => sum + ms, 0);
    return {
      suites: suites.map(({ name }) => relative(this.folder, name)),
      limitMs: leastMs + takenMs * slower,
      areRed: green.length === 0,
    };
  }
}

/** Suites of Jest's report that passed, the fastest first. */
export const readGreen = (report: string): readonly { readonly name: string; readonly ms: number }[] => {
  const { testResults } = JSON.parse(report) as {
    readonly testResults: readonly {
      readonly name: string;
      readonly status: string;
      readonly startTime: number;
      readonly endTime: number;
    }[];
  };
  return testResults
    .filter(({ status }) => status === 'passed')
    .map(({ name, startTime, endTime }) => ({ name, ms: endTime - startTime }))
    .toSorted((a, b) => a.ms - b.ms);
};
