import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { randomOf } from '../generated/random.js';
import { projectRoot } from '../server/project-root.js';
import { candidatesIn, shuffled, type Candidate } from './candidates.js';
import { usualSince } from './changed-lines.js';
import { readOptions, usage, type MutateOptions } from './options.js';
import { TryOut, type Fate } from './try-out.js';
import { createTypeCheck } from './type-check.js';
import { makeWorkCopy } from './work-copy.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const shortened = (text: string): string => {
  const line = text.trim().replace(/\s+/g, ' ');
  return line === '' ? '(nothing)' : line.length > 70 ? `${line.slice(0, 67)}…` : line;
};

/** The change, in the words of the copy: the project itself may have moved on. */
const told = (folder: string, { file, line, mutant: { operator, start, end, text } }: Candidate): string => {
  const before = readFileSync(join(folder, file), 'utf8').slice(start, end);
  return `${file}:${line}  ${operator}: ${shortened(before)}  ->  ${shortened(text)}`;
};

const words: Readonly<Record<Fate, string>> = {
  noticed: 'noticed',
  'out-of-time': 'noticed, since the suites did not end in time',
  unnoticed: 'UNNOTICED',
  'no-suite': 'UNNOTICED: no suite stands next to it',
  'red-before': 'not tried: the suites next to it fail without any change',
  'does-not-compile': 'noticed by the compiler, and not counted as tried',
};

const mutate = async (options: MutateOptions, stop: AbortSignal): Promise<void> => {
  const { since, paths, most, seconds, seed } = options;
  const all = candidatesIn(projectRoot, options);
  const where = [...paths, ...(since === null ? [] : [`lines changed since ${since}`])].join(', ');
  print(`${all.length} single changes could be made (${where}); at most ${most} are tried, seed ${seed}`);
  if (all.length === 0) return;
  const until = performance.now() + seconds * 1000;
  const fates = new Map<Fate, number>();
  const copy = makeWorkCopy(projectRoot);
  try {
    const tryOut = new TryOut(copy.folder, createTypeCheck(copy.folder), stop);
    let tried = 0;
    for (const candidate of shuffled(all, randomOf(seed))) {
      if (tried >= most || performance.now() > until) break;
      const fate = await tryOut.fateOf(candidate);
      if (stop.aborted) break;
      fates.set(fate, (fates.get(fate) ?? 0) + 1);
      if (fate === 'does-not-compile') continue;
      tried += 1;
      print(`${words[fate]}  ${told(copy.folder, candidate)}`);
    }
  } finally {
    copy.remove();
  }
  print('');
  for (const [fate, count] of fates) print(`${String(count).padStart(6)}  ${words[fate]}`);
};

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    stopping.abort();
  });

const args = process.argv.slice(2);
if (args.includes('--help')) print(usage);
else
  try {
    await mutate(
      readOptions(args, () => usualSince(projectRoot)),
      stopping.signal,
    );
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exitCode = 2;
  }
