import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runChild } from './child-process.js';

const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace) process.stderr.write('SKIPPED: strace is not on this machine, so no fsync is counted\n');

/** What the kernel saw: `S` for each finished fsync, else what the process printed. */
const straceEvents = (trace: string): string[] =>
  trace.split('\n').flatMap((line) => {
    if (/f(data)?sync(\(.*| resumed>.*)= 0$/.test(line)) return ['S'];
    const printed = /write\(1, "(opened|answered one|together|answered many|done)\\n"/.exec(line);
    return printed?.[1] === undefined ? [] : [printed[1]];
  });

describe('durability, as the kernel sees it', () => {
  (hasStrace ? it : it.skip)(
    'has an fsync between any two answers in a row, and shares them among appends in flight together',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'log-'));
      try {
        const [one, together] = [25, 300];
        const traceFile = join(folder, 'trace');
        const strace = ['strace', '-f', '-e', 'trace=fsync,fdatasync,write', '-o', traceFile];
        const child = runChild('append-some.ts', [folder, String(one), String(together)], strace);
        await child.exited;
        const seen = straceEvents(await readFile(traceFile, 'utf8'));

        expect(seen.filter((what) => what === 'answered one')).toHaveLength(one);
        expect(seen.filter((what) => what === 'answered many')).toHaveLength(together);
        const sequential = seen.slice(seen.indexOf('opened') + 1, seen.indexOf('together'));
        let synced = 0;
        for (const what of sequential) {
          if (what === 'S') synced += 1;
          else {
            expect(synced).toBeGreaterThanOrEqual(1);
            synced = 0;
          }
        }
        const concurrent = seen.slice(seen.indexOf('together') + 1, seen.indexOf('done'));
        const fsyncs = concurrent.filter((what) => what === 'S').length;
        expect(concurrent[0]).toBe('S');
        expect(fsyncs).toBeGreaterThanOrEqual(1);
        expect(fsyncs).toBeLessThan(together / 10);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    40_000,
  );
});
