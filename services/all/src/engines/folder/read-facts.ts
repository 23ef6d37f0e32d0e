import { statSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { readFileDamage, readFileMarks, readSqliteLogEnd } from '@city311/eventing';
import { streamName, type Position } from '@city311/kernel';
import { readSqliteConsumersReach } from '@city311/messaging';
import { readSqliteViewsReach } from '@city311/read-models';
import { readSqliteVaultFacts } from '@city311/vault';

import type { Follower, FolderFacts } from './belongs.js';

/** So many of the newest events must find their keys in the vault. */
const looked = 500;

const block = z.object({ to: z.number() });
const keyIds = /p1\.([\w-]{12})\./g;

const keysIn = (texts: readonly string[]): readonly string[] => [
  ...new Set(texts.flatMap((text) => Array.from(text.matchAll(keyIds), ([, keyId = '']) => keyId))),
];

/** Without its last digit, which checks the others. */
const payloadOf = (caseNumber: string): number => Number(caseNumber.slice(0, -1));

/** Places of a log on this machine are numbers; those of topics elsewhere say nothing about it. */
const reachOf = (position: Position | null): number | null =>
  position !== null && /^\d+$/.test(position) ? Number(position) : null;

/** One without content is as good as missing; one that cannot be opened says nothing, and is found when it is used. */
const follower = (
  folder: string,
  name: string,
  reach: (folder: string) => Position | null,
): Follower | null => {
  const file = join(folder, name);
  try {
    if (statSync(file, { throwIfNoEntry: false })?.size === 0) return null;
    const damage = readFileDamage(file);
    if (damage !== null) return { marks: {}, reach: null, damage };
    const marks = readFileMarks(file);
    return marks === null ? null : { marks, reach: reachOf(reach(folder)), damage: null };
  } catch {
    return { marks: {}, reach: null, damage: null };
  }
};

/**
 * What the files of a data folder say of each other; changes nothing. Read in this order, because others may write
 * meanwhile: no view reads further than the log, and a key is durable before the event that uses it.
 * @throws Error  a file is none of ours
 */
export const readFolderFacts = (folder: string): FolderFacts => {
  const views = follower(folder, 'views.db', readSqliteViewsReach);
  const consumers = follower(folder, 'consumers.db', readSqliteConsumersReach);
  const logMarks = readFileMarks(join(folder, 'events.db'));
  const end = readSqliteLogEnd(folder, { max: looked, stream: streamName('intake.numbers', 'cases') });
  const keys = keysIn(end?.newest ?? []);
  const known = readSqliteVaultFacts(folder, keys);
  const vaultMarks = readFileMarks(join(folder, 'vault.db'));
  const leased = block.safeParse(JSON.parse(end?.lastOf ?? 'null'));
  return {
    log:
      logMarks === null
        ? null
        : {
            marks: logMarks,
            head: end?.head ?? 0,
            needsVault: keys.length > 0 || leased.success,
            lastPayload: leased.success ? leased.data.to : null,
          },
    vault:
      vaultMarks === null
        ? null
        : {
            marks: vaultMarks,
            isUsed: known?.isUsed ?? false,
            unknown: known?.unknown ?? [],
            lastPayload: known?.lastCase === null || known === null ? null : payloadOf(known.lastCase),
          },
    views,
    consumers,
  };
};
