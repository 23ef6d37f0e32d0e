import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { backUpSqliteFile, newEventId, openSqliteEventStore, type EventStore } from '@city311/eventing';
import { streamName } from '@city311/kernel';

import { unmarkCopies } from '../engines/folder/seal-folder.js';
import { moveFolder, type MoveTarget } from './move.js';
import { createOutput } from './output.js';
import { ops, remove, startSystem, tempFolder } from './ops.spec-support.js';

describe('Moving a folder into other engines', () => {
  let room = '';
  const from = (): string => join(room, 'from');
  const to = (): string => join(room, 'to');
  let said = '';
  let reported: string[] = [];
  const out = createOutput(
    (text) => (said += text),
    () => undefined,
  );

  beforeEach(async () => {
    room = await tempFolder();
    said = '';
    reported = [];
    const system = await startSystem(from());
    for (let n = 0; n < 12; n += 1)
      reported.push(await system.report({ contact: { email: `r${n}@example.org`, consent: true } }));
    await system.drained();
    await system.stop();
    await mkdir(to());
  }, 60_000);
  afterEach(() => remove(room));

  /** Another folder, as engines to move into. */
  const target = async (
    change: (store: EventStore) => EventStore = (store) => store,
  ): Promise<MoveTarget> => {
    const store = await openSqliteEventStore({ folder: to() });
    return {
      name: 'other',
      store: change(store),
      copyVault: async (folder) => {
        await remove(join(to(), 'vault.db'));
        await backUpSqliteFile(join(folder, 'vault.db'), join(to(), 'vault.db'));
        unmarkCopies(to(), ['vault.db']);
        await copyFile(join(folder, 'master.key'), join(to(), 'master.key'));
        return { copies: 1 };
      },
      close: () => store.close(),
    };
  };
  const move = async (into: MoveTarget, whileRunning = false): Promise<number> => {
    try {
      return await moveFolder(from(), into, { whileRunning }, out);
    } finally {
      await into.close();
    }
  };

  it('keeps ids, times and the order of each stream, and what was written can be read there', async () => {
    expect(await move(await target())).toBe(0);
    expect(said).toContain('the same in both');
    expect(said).not.toContain('recorded anew');
    const restarted = await startSystem(to());
    await restarted.drained();
    for (const caseNumber of reported)
      expect(JSON.stringify(await restarted.call('GET', `/api/cases/${caseNumber}`))).toContain('deep hole');
    await restarted.stop();
    expect((await ops({ DATA_DIR: to() }, 'views', 'verify', 'service_requests')).code).toBe(0);
  }, 60_000);

  it('goes on where it broke off, and writes nothing twice', async () => {
    let left = 25;
    const breaking = await target((store) => ({
      ...store,
      appendRecorded: (stream, events, expected) => {
        left -= 1;
        if (left < 0) throw new Error('killed');
        return store.append(stream, events, expected);
      },
    }));
    await expect(move(breaking)).rejects.toThrow('killed');
    expect(await move(await target())).toBe(0);
    expect(said).toMatch(/events: [1-9]\d* moved in/);
    // Those of the first try were taken by a store that stamps its own time.
    expect(said).toContain('Some events were recorded anew');
    said = '';
    expect(await move(await target())).toBe(0);
    expect(said).toContain('the same in both');
  }, 60_000);

  it('copies most while a process writes, and says that the rest is to follow', async () => {
    const running = await startSystem(from());
    await running.report();
    await expect(move(await target())).rejects.toThrow(/stop it first/);
    expect(await move(await target(), true)).toBe(1);
    await running.report();
    await running.drained();
    await running.stop();
    expect(await move(await target())).toBe(0);
  }, 60_000);

  it('finds what differs', async () => {
    const [{ stream }] = (await firstEvents()) as [{ stream: string }];
    expect(await move(await target())).toBe(0);
    const store = await openSqliteEventStore({ folder: to() });
    const id = stream.slice(stream.indexOf('-') + 1);
    const [event] = await store.readStream(streamName('intake.case', id));
    if (event === undefined) throw new Error('the case was not moved');
    await store.append(streamName('intake.case', id), [{ ...event, id: newEventId() }], 'any');
    await store.close();
    expect(await move(await target())).toBe(1);
    expect(said).toContain(`DIFFERS: ${stream} has`);
  }, 60_000);

  it('leaves a folder that nobody starts on, until it is taken back under numbers of its own', async () => {
    expect((await ops({ DATA_DIR: from() }, 'move', '--back')).code).toBe(1);
    expect(await move(await target())).toBe(0);
    for (const command of [['key', 'list'], ['doctor']]) {
      const { code, said: told, complained } = await ops({ DATA_DIR: from() }, ...command);
      expect({ code, told: told + complained }).toEqual({
        code: 1,
        told: expect.stringMatching(/was moved into other[\s\S]*move --back/),
      });
    }
    await expect(startSystem(from())).rejects.toThrow(/was moved into other/);
    expect(await move(await target())).toBe(0);

    const moved = await startSystem(to());
    const there = [await moved.report(), await moved.report()];
    await moved.stop();
    expect((await ops({ DATA_DIR: from() }, 'move', '--back')).said).toContain('case numbers are left out');
    const back = await startSystem(from());
    const here = [await back.report(), await back.report()];
    await back.stop();
    expect(new Set([...reported, ...there, ...here]).size).toBe(reported.length + 4);
  }, 60_000);

  const firstEvents = async (): Promise<unknown> => {
    const { said: list } = await ops({ DATA_DIR: from() }, 'streams', '--json');
    expect(list).toContain('intake.case');
    const store = await openSqliteEventStore({ folder: from() });
    const { events } = await store.readCategories(['intake.case' as never], null, 1);
    await store.close();
    return events;
  };
});
