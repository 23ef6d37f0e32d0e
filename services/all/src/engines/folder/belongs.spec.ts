import { describe, expect, it } from '@jest/globals';

import type { FileMarks } from '@city311/eventing';

import { faultsOfFolder, isForeign, type Follower, type FolderFacts } from './belongs.js';

const marked = (seal: string, deployment = 'a'): FileMarks => ({ deployment, seal });
const log = (marks: FileMarks = {}, head = 10, lastPayload: number | null = 999) => ({
  marks,
  head,
  lastPayload,
  needsVault: lastPayload !== null,
});
const vault = (
  marks: FileMarks = {},
  isUsed = true,
  unknown: readonly string[] = [],
  lastPayload: number | null = 999,
) => ({
  marks,
  isUsed,
  unknown,
  lastPayload,
});
const follower = (marks: FileMarks, reach: number | null = 10): Follower => ({ marks, reach, damage: null });
const folder = (facts: Partial<FolderFacts>): FolderFacts => ({
  log: null,
  vault: null,
  views: null,
  consumers: null,
  ...facts,
});
const said = (facts: Partial<FolderFacts>): string =>
  faultsOfFolder(folder(facts))
    .map(({ what }) => what)
    .join('; ');

describe('The files of a data folder', () => {
  it.each([
    ['are not there yet', {}],
    ['were made and not used yet', { log: log({}, 0), vault: vault({}, false) }],
    ['hold API keys only', { log: log({}, 0, null), vault: vault({}, false) }],
    ['hold only what needs no vault', { log: log({}, 3, null), vault: vault({}, false) }],
    ['are marked alike', { log: log(marked('3:x')), vault: vault(marked('3:x')) }],
    ['are of a version without marks, and fit', { log: log(), vault: vault() }],
    [
      'are marked, before any report',
      { log: log(marked('1:x'), 0, null), vault: vault(marked('1:x'), false, [], null) },
    ],
    [
      'have views that are behind',
      { log: log(marked('1:x')), vault: vault(marked('1:x')), views: follower({ deployment: 'a' }, 3) },
    ],
  ] satisfies readonly [string, Partial<FolderFacts>][])('may be started on where they %s', (_, facts) => {
    expect(said(facts)).toBe('');
  });

  it.each([
    ['before the first seal is in the vault', { deployment: 'a', 'next-seal': '1:x' }, {}],
    ["before the first seal is the log's", { deployment: 'a', 'next-seal': '1:x' }, marked('1:x')],
    ['before a later seal is in the vault', { ...marked('1:x'), 'next-seal': '2:y' }, marked('1:x')],
    ["before a later seal is the log's", { ...marked('1:x'), 'next-seal': '2:y' }, marked('2:y')],
  ])('may be started on after a crash %s', (_, ofLog, ofVault) => {
    expect(said({ log: log(ofLog), vault: vault(ofVault) })).toBe('');
  });

  const old = { deployment: 'a' };
  it.each([
    ['vault.db is missing', { log: log(marked('1:x')) }],
    ['vault.db is missing', { log: log(marked('1:x'), 0), vault: vault({}, false) }],
    ['vault.db is missing', { log: log() }],
    ['events.db is missing', { vault: vault(marked('1:x')) }],
    ['events.db is missing', { log: log({}, 0), vault: vault() }],
    ['belongs to another', { log: log(marked('1:x')), vault: vault(marked('1:x', 'b')) }],
    ['vault.db is older', { log: log(marked('3:x')), vault: vault(marked('2:y')) }],
    ['vault.db is older', { log: log(marked('3:x')), vault: vault() }],
    ['events.db is older', { log: log(marked('2:x')), vault: vault(marked('3:y')) }],
    ['events.db is older', { log: log(), vault: vault(marked('3:y')) }],
    ['each went on alone', { log: log(marked('3:x')), vault: vault(marked('3:y')) }],
    ['lacks 1 key', { log: log(), vault: vault({}, true, ['k']) }],
    ['lacks 1 key', { log: log(marked('3:x')), vault: vault(marked('3:x'), true, ['k']) }],
    ['case numbers were given out', { log: log({}, 10, 999), vault: vault({}, true, [], 1_500) }],
    ['copy in a backup', { log: log(), vault: vault({ copy: 'yes' }) }],
    ['copy in a backup', { log: log({ ...marked('1:x'), copy: 'yes' }), vault: vault(marked('1:x')) }],
    [
      'older than views.db',
      { log: log(marked('3:x'), 10), vault: vault(marked('3:x')), views: follower(old, 11) },
    ],
    ['older than consumers.db', { log: log(), vault: vault(), consumers: follower({}, 11) }],
  ] satisfies readonly [string, Partial<FolderFacts>][])('are refused: %s', (what, facts) => {
    expect(said(facts)).toContain(what);
    for (const { todo } of faultsOfFolder(folder(facts))) expect(todo).toContain('npm run ops -- restore');
  });
});

describe('What can be made anew', () => {
  const own = log(marked('1:x'));
  it('is foreign where it is marked otherwise, or came with content from nowhere', () => {
    expect(isForeign(follower({ deployment: 'b' }), own)).toBe(true);
    expect(isForeign(follower({}), own)).toBe(true);
    expect(isForeign(follower({}, null), own)).toBe(false);
    expect(isForeign(follower({ deployment: 'a' }), own)).toBe(false);
    expect(isForeign(follower({}), log())).toBe(false);
  });
  it('and is foreign is no reason to refuse the folder, however far it has read', () => {
    expect(said({ log: own, vault: vault(marked('1:x')), views: follower({ deployment: 'b' }, 99) })).toBe(
      '',
    );
  });
});
