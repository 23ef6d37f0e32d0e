import { cp, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';

import { readFileMarks } from '@city311/eventing';

import { ops, remove, startSystem, tempFolder, type Ran } from '../../ops/ops.spec-support.js';

const contact = { email: 'rosa@example.org', consent: true };

/** Folders: `now` was used twice, `early` is its copy from between; `kept` a backup of then; `other` is another city's. */
let room = '';
let first = '';
let made = 0;
const at = (name: string): string => join(room, name);
const on = (folder: string, ...args: readonly string[]): Promise<Ran> => ops({ DATA_DIR: folder }, ...args);

const use = async (folder: string): Promise<string> => {
  const running = await startSystem(folder);
  const number = await running.report({ contact });
  await running.drained();
  await running.stop();
  return number;
};

/** One file with what SQLite keeps beside it, put in the place of another folder's; without `from` it is taken away. */
const put = async (name: string, to: string, from?: string): Promise<void> => {
  for (const suffix of ['', '-wal', '-shm']) await rm(join(to, `${name}${suffix}`), { force: true });
  if (from === undefined) return;
  for (const found of await readdir(from))
    if (found.startsWith(name)) await cp(join(from, found), join(to, found));
};

/** The folder as it is now, to be spoilt. */
const spoilt = async (...changes: readonly (readonly [name: string, from?: string])[]): Promise<string> => {
  const folder = at(`spoilt-${(made += 1)}`);
  await cp(at('now'), folder, { recursive: true });
  for (const [name, from] of changes) await put(name, folder, from);
  return folder;
};

/** As the version before left a folder. */
const withoutMarks = (folder: string): void => {
  for (const name of ['events.db', 'vault.db', 'views.db', 'consumers.db']) {
    const db = new Database(join(folder, name));
    db.exec('DROP TABLE folder_marks');
    db.close();
  }
};

const refused = async (folder: string, why: RegExp): Promise<void> => {
  const before = await readdir(folder);
  const started = await on(folder, 'key', 'list');
  expect({ code: started.code, complained: started.complained }).toEqual({
    code: 1,
    complained: expect.stringMatching(why),
  });
  expect(started.complained).toContain('npm run ops -- restore');
  expect(started.complained).not.toContain('    at ');
  expect(
    (await readdir(folder)).filter((name) => !before.includes(name) && !/-(wal|shm)$/.test(name)),
  ).toEqual([]);
  const doctor = await on(folder, 'doctor', '--json');
  expect(doctor.code).toBe(1);
  const faults = (JSON.parse(doctor.said) as { level: string; what: string }[]).filter(
    ({ level }) => level === 'fault',
  );
  expect(faults.map(({ what }) => what).join('; ')).toMatch(why);
};

beforeAll(async () => {
  room = await tempFolder();
  first = await use(at('now'));
  expect((await on(at('now'), 'backup', at('kept'))).code).toBe(0);
  await cp(at('now'), at('early'), { recursive: true });
  await use(at('now'));
  await use(at('other'));
}, 120_000);
afterAll(() => remove(room));

describe('A data folder', () => {
  it('has one deployment in all of its files, and a seal that is another after each start', async () => {
    const marks = (folder: string) =>
      ['events.db', 'vault.db', 'views.db', 'consumers.db'].map(
        (name) => readFileMarks(join(folder, name)) ?? {},
      );
    const [log, vault] = marks(at('now'));
    expect(new Set(marks(at('now')).map(({ deployment }) => deployment)).size).toBe(1);
    expect(log?.['deployment']).toMatch(/^[0-9a-f-]{36}$/);
    expect(log?.['seal']).toBe(vault?.['seal']);
    expect(log?.['seal']).not.toBe(marks(at('early'))[0]?.['seal']);
    expect(marks(at('other'))[0]?.['deployment']).not.toBe(log?.['deployment']);
  });

  it.each([
    ['without vault.db', ['vault.db'], null, /vault\.db is missing/],
    ['without events.db', ['events.db'], null, /events\.db is missing/],
    ['with an older vault.db', ['vault.db'], 'early', /vault\.db is older/],
    ['with an older events.db', ['events.db'], 'early', /events\.db is older/],
    ["with another folder's vault.db", ['vault.db'], 'other', /belongs to another/],
    ["with another folder's vault.db and key", ['vault.db', 'master.key'], 'other', /belongs to another/],
    ["with another folder's events.db", ['events.db'], 'other', /belongs to another/],
    ["with a backup's vault.db", ['vault.db'], 'kept', /copy in a backup/],
    ["with a backup's events.db", ['events.db'], 'kept', /copy in a backup/],
  ] as const)(
    '%s is refused, by a start and by the doctor, and nothing is made',
    async (_, names, from, why) => {
      const folder = await spoilt(
        ...names.map((name) => (from === null ? ([name] as const) : ([name, at(from)] as const))),
      );
      await refused(folder, why);
    },
  );

  it('with an emptied vault.db is refused, and so is a backup that somebody starts on', async () => {
    const folder = await spoilt(['vault.db']);
    await writeFile(join(folder, 'vault.db'), '');
    await refused(folder, /vault\.db is missing, or empty/);
    const copied = at('copied');
    await cp(at('kept'), copied, { recursive: true });
    await refused(copied, /copy in a backup/);
  });

  it("with another folder's key is refused as before", async () => {
    const started = await on(await spoilt(['master.key', at('other')]), 'key', 'list');
    expect(started.code).toBe(1);
    expect(started.complained).toContain('is not the key that vault.db was made with');
  });

  it.each([
    ['views.db', null],
    ['views.db', 'other'],
    ['consumers.db', null],
    ['consumers.db', 'other'],
  ] as const)(
    'makes %s anew (of: %s) and loses nothing by it',
    async (name, from) => {
      const folder = await spoilt(from === null ? [name] : [name, at(from)]);
      const doctor = await on(folder, 'doctor', '--json');
      const notes = (JSON.parse(doctor.said) as { level: string; what: string }[]).map(({ what }) => what);
      expect(notes.join('; ')).toContain(
        `${name} ${from === null ? 'is missing' : 'belongs to another folder'}`,
      );
      const running = await startSystem(folder);
      await running.drained();
      expect(JSON.stringify(await running.call('GET', `/api/cases/${first}`))).toContain('deep hole');
      expect(JSON.stringify(await running.call('GET', '/open-data/service-requests.json'))).toContain(first);
      await running.stop();
      const aside = (await readdir(folder)).filter((found) => found.startsWith('consumers.db.set-aside'));
      expect(aside.length > 0).toBe(name === 'consumers.db' && from !== null);
    },
    60_000,
  );

  const ruins = [
    ['is none', async (file: string) => writeFile(file, 'no database at all, '.repeat(3_000))],
    ['has lost all but its head', async (file: string) => truncate(file, 8_192)],
    ['has lost its last page', async (file: string) => truncate(file, (await stat(file)).size - 4_096)],
    ['has lost its first page', async (file: string) => overwrite(file, Buffer.alloc(4_096))],
    ['has a first page of rubbish', async (file: string) => overwrite(file, Buffer.alloc(4_096, 'x'))],
  ] as const;

  const overwrite = async (file: string, bytes: Buffer): Promise<void> => {
    const handle = await open(file, 'r+');
    try {
      await handle.write(bytes, 0, bytes.length, 0);
    } finally {
      await handle.close();
    }
  };

  /** A folder at rest, one of its files ruined. */
  const ruined = async (name: string, ruin: (file: string) => Promise<void>): Promise<string> => {
    const folder = await spoilt();
    const db = new Database(join(folder, name));
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    for (const suffix of ['-wal', '-shm']) await rm(join(folder, `${name}${suffix}`), { force: true });
    await ruin(join(folder, name));
    return folder;
  };

  it.each(
    ['events.db', 'vault.db'].flatMap((name) => ruins.map(([how, ruin]) => [name, how, ruin] as const)),
  )('whose %s %s is refused with a sentence', async (name, _, ruin) => {
    await refused(await ruined(name, ruin), new RegExp(`${name.replace('.', '\\.')} is damaged`));
  });

  it.each(
    ['views.db', 'consumers.db'].flatMap((name) => ruins.map(([how, ruin]) => [name, how, ruin] as const)),
  )(
    'whose %s %s makes it anew, says so, and loses nothing',
    async (name, _, ruin) => {
      const folder = await ruined(name, ruin);
      const started = await on(folder, 'key', 'list');
      expect({ code: started.code, complained: started.complained }).toMatchObject({ code: 0 });
      const running = await startSystem(folder);
      await running.drained();
      expect(JSON.stringify(await running.call('GET', '/open-data/service-requests.json'))).toContain(first);
      await running.stop();
      const aside = (await readdir(folder)).some((found) => found.startsWith('consumers.db.set-aside'));
      expect(aside).toBe(name === 'consumers.db');
    },
    60_000,
  );

  it('of a version without marks is marked at its first start, where its files fit', async () => {
    const folder = await spoilt();
    withoutMarks(folder);
    expect((await on(folder, 'key', 'list')).code).toBe(0);
    expect(readFileMarks(join(folder, 'vault.db'))?.['seal']).toBe(
      readFileMarks(join(folder, 'events.db'))?.['seal'],
    );
    await refused(
      await (async () => {
        await put('vault.db', folder, at('other'));
        return folder;
      })(),
      /belongs to another/,
    );
  });

  it("of a version without marks is refused with another's vault, or an older log", async () => {
    const foreign = await spoilt(['vault.db', at('other')], ['master.key', at('other')]);
    withoutMarks(foreign);
    await refused(foreign, /vault\.db lacks \d+ key/);
    const older = await spoilt(['events.db', at('early')]);
    withoutMarks(older);
    await refused(older, /events\.db is older/);
  });

  it('that is restored from a backup is a folder like any other', async () => {
    expect((await on(at('restored'), 'restore', at('kept'), '--nobody-erased-since')).code).toBe(0);
    expect(readFileMarks(join(at('restored'), 'events.db'))?.['copy']).toBeUndefined();
    await use(at('restored'));
    expect((await on(at('restored'), 'doctor')).said).toContain('Nothing is wrong');
  }, 60_000);
});
