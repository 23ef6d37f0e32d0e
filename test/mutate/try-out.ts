import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Candidate } from './candidates.js';
import { applied } from './operators.js';
import { runJest, suitesOf } from './suites.js';

export type Fate = 'noticed' | 'out-of-time' | 'unnoticed' | 'no-suite' | 'red-before' | 'does-not-compile';

/** How long a suite may take of a change, and how much longer than without one: what waits for ever counts as noticed. */
const leastMs = 20_000;
const slower = 4;
const testTimeoutMs = 15_000;
const longestMs = 300_000;

/** What the suites next to a file are, and how long they take, found out once for each file. */
interface Beside {
  readonly suites: readonly string[];
  readonly limitMs: number;
  readonly areGreen: boolean;
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
    const { suites, limitMs, areGreen } = await this.#besideOf(file);
    if (suites.length === 0) return 'no-suite';
    if (!areGreen) return 'red-before';
    writeFileSync(path, after);
    try {
      const { outcome } = await this.#run(suites, limitMs);
      if (outcome === 'out-of-time') return outcome;
      return outcome === 'passed' ? 'unnoticed' : 'noticed';
    } finally {
      writeFileSync(path, before);
    }
  }

  #run(suites: readonly string[], limitMs: number) {
    const args = ['--bail', '--forceExit', `--testTimeout=${testTimeoutMs}`, '--runTestsByPath', ...suites];
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

  /** Once to fill the caches and see that all is well. */
  async #tried(suites: readonly string[]): Promise<Beside> {
    if (suites.length === 0) return { suites, limitMs: 0, areGreen: true };
    const { outcome, seconds } = await this.#run(suites, longestMs);
    return {
      suites,
      limitMs: Math.min(Math.max(leastMs, seconds * 1000 * slower), longestMs),
      areGreen: outcome === 'passed',
    };
  }
}
