import { createReadStream, existsSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { z } from 'zod';

import { readSqliteErasures, type Author, type Erasure } from '@city311/vault';

import { word, type OpsCommand } from './command.js';
import { categories, withEngines, type OpsEngines } from './open.js';
import { scanLog } from './scan.js';
import { tellCases, untoldLines, type UntoldCase } from './tell-cases.js';

export const erasuresFile = 'erasures.jsonl';

const line = z.object({
  author: z.string().regex(/^(?:contact|case|staff):./),
  keyId: z.string().length(12),
  at: z.iso.datetime(),
});

const erasureIn = (text: string): Erasure | null => {
  try {
    const { author, keyId, at } = line.parse(JSON.parse(text));
    // The pattern has seen to it.
    return { author: author as Author, keyId, at };
  } catch {
    return null;
  }
};

const readFile = async (file: string): Promise<readonly Erasure[]> => {
  const found: Erasure[] = [];
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1;
    if (text.trim() === '') continue;
    const erasure = erasureIn(text);
    if (erasure === null) throw new RangeError(`line ${number} of ${file} is no erasure`);
    found.push(erasure);
  }
  return found;
};

/**
 * Erasures from a file of `erasures export`, or from a folder: a newer backup, or the data folder of the system that
 * is to be replaced, which needs no master key for it.
 * @throws RangeError  there is nothing to read, or a line is no erasure
 */
export const readErasures = async (path: string): Promise<readonly Erasure[]> => {
  if (!existsSync(path)) throw new RangeError(`there is no ${path}`);
  if (!statSync(path).isDirectory()) return readFile(path);
  const file = join(path, erasuresFile);
  if (!existsSync(file) && !existsSync(join(path, 'vault.db')))
    throw new RangeError(`${path} holds neither ${erasuresFile} nor vault.db`);
  return [...(existsSync(file) ? await readFile(file) : []), ...readSqliteErasures(path)];
};

/** Whole or not at all, readable by its owner only. */
export const writeErasures = async (file: string, list: readonly Erasure[]): Promise<void> => {
  const draft = `${file}.draft`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(
      list.map(({ author, keyId, at }) => `${JSON.stringify({ author, keyId, at })}\n`).join(''),
    );
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
};

/** Cases that hold texts under one of these keys, by key: the log itself is asked, for a restored vault may not know. */
const casesUnder = async (
  keyIds: ReadonlySet<string>,
  { store }: OpsEngines,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const found = new Map<string, Set<string>>();
  for await (const { events } of scanLog(store, categories)) {
    for (const { stream, subject, data } of events) {
      if (!stream.startsWith('intake.case-')) continue;
      for (const [, keyId = ''] of JSON.stringify(data).matchAll(/p1\.([\w-]{12})\./g)) {
        if (!keyIds.has(keyId)) continue;
        found.set(keyId, (found.get(keyId) ?? new Set()).add(subject));
      }
    }
  }
  return found;
};

export interface AppliedErasures {
  readonly erasures: number;
  /** Cases told. */
  readonly cases: number;
  readonly untold: readonly UntoldCase[];
}

/**
 * Erases again what was erased once: keys first, then every case is told. Quiet where that was done before.
 * @throws Error  a key is still there afterwards
 */
export const applyErasures = async (
  list: readonly Erasure[],
  engines: OpsEngines,
): Promise<AppliedErasures> => {
  const byKey = new Map(list.map((erasure) => [erasure.keyId, erasure]));
  const { vault, store } = engines;
  await vault.reapplyErasures([...byKey.values()]);
  let cases = 0;
  const untold: UntoldCase[] = [];
  for (const [keyId, numbers] of await casesUnder(new Set(byKey.keys()), engines)) {
    const erasure = byKey.get(keyId);
    if (erasure === undefined) continue;
    const failed = await tellCases(store, numbers, erasure);
    untold.push(...failed);
    cases += numbers.size - failed.length;
  }
  for (const { author, keyId } of byKey.values())
    if ((await vault.keyIdOf(author)) === keyId) throw new Error(`key ${keyId} came back after its erasure`);
  return { erasures: byKey.size, cases, untold };
};

export const erasureCommands: readonly OpsCommand[] = [
  {
    name: 'erasures export',
    says: 'Writes all erasures to a file, to be kept apart from the backups and given to restore.',
    more: ['The file names keys, not people. Take it daily: it is what makes a restored backup forget.'],
    words: ['file'],
    run: (given, { settings, out }) =>
      withEngines(settings(), async ({ vault }) => {
        const list = await vault.erased();
        await writeErasures(word(given, 'file'), list);
        out.line(`${list.length} erasure(s) written to ${word(given, 'file')}`);
        return 0;
      }),
  },
  {
    name: 'erasures apply',
    says: 'Erases again everybody whom a file of erasures names; for engines that were restored by their own tools.',
    more: ['<file> is a file of erasures export, a backup, or the folder of the system before.'],
    words: ['file'],
    run: async (given, { settings, out }) => {
      const list = await readErasures(word(given, 'file'));
      return withEngines(settings(), async (engines) => {
        const { erasures, cases, untold } = await applyErasures(list, engines);
        out.line(`${erasures} erasure(s) applied, ${cases} case(s) told`);
        for (const line of untoldLines(untold)) out.line(line);
        return untold.length === 0 ? 0 : 1;
      });
    },
  },
];
