import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openSqliteEventStore } from '@city311/eventing';
import { streamName } from '@city311/kernel';

import { ops, remove, startSystem, tempFolder, type Ran, type Running } from '../ops.spec-support.js';
import type { Look } from './look.js';
import { OldLog } from './old-log.spec-support.js';

/** Never given out by the first block of numbers. */
const unroutedNumber = '999999999993';

interface Orders {
  readonly items: readonly { readonly workOrderId: string; readonly caseNumber: string }[];
}

describe('Cases that an older program left stranded', () => {
  let folder = '';
  let system: Running | null = null;
  const named = new Map<string, string>();
  const number = (name: string): string => named.get(name) ?? '';
  const run = (...args: readonly string[]): Promise<Ran> => ops({ DATA_DIR: folder }, ...args);
  const check = async (): Promise<Look> => JSON.parse((await run('cases', 'check', '--json')).said) as Look;
  const kinds = async (): Promise<readonly string[]> =>
    (await check()).stranded.flatMap(({ caseNumber, breaches }) =>
      breaches.map(({ kind }) => `${[...named].find(([, one]) => one === caseNumber)?.[0] ?? '?'} ${kind}`),
    );
  const headOfLog = async (): Promise<string | null> => {
    const store = await openSqliteEventStore({ folder });
    try {
      return await store.head();
    } finally {
      await store.close();
    }
  };
  const start = async (): Promise<Running> => {
    system = await startSystem(folder);
    return system;
  };
  const stop = async (): Promise<void> => {
    await system?.stop();
    system = null;
  };

  beforeAll(async () => {
    folder = await tempFolder();
    const first = await start();
    const names = ['well', 'closed', 'ofClosed', 'withdrawn', 'ofWithdrawn', 'here', 'there', 'chain'];
    for (const name of [
      ...names,
      'reopened',
      'ofReopened',
      'other',
      'ofOther',
      'orderless',
      'twice',
      'needless',
    ])
      named.set(name, await first.report());
    named.set('unrouted', unroutedNumber);
    await first.drained();
    await stop();

    const old = await OldLog.open(folder);
    await old.link(number('ofClosed'), number('closed'));
    await old.close(number('closed'));
    await old.cancelOrder(number('closed'), 1, 'case-closed');
    await old.closeWith(number('ofClosed'), number('closed'));
    await old.reopen(number('ofClosed'));

    await old.link(number('ofWithdrawn'), number('withdrawn'));
    await old.case(number('withdrawn'), 'CaseWithdrawn', { withdrawnAt: old.at() });
    await old.cancelOrder(number('withdrawn'), 1, 'case-withdrawn');

    await old.link(number('here'), number('there'));
    await old.link(number('there'), number('here'));
    await old.link(number('chain'), number('here'));

    await old.link(number('ofReopened'), number('reopened'));
    await old.close(number('reopened'));
    await old.closeWith(number('ofReopened'), number('reopened'));
    await old.reopen(number('reopened'));

    await old.link(number('ofOther'), number('other'));
    await old.case(number('other'), 'CaseReclassified', {
      serviceCode: 'Public Works Department:Street Lights:Street Light Outages',
      definitionVersion: 1,
      dueAt: null,
      reclassifiedAt: old.at(),
    });

    await old.cancelOrder(number('orderless'), 1, 'case-rerouted');
    const [issued] = await old.store.readStream(streamName('departments.workorder', `${number('twice')}-1`));
    await old.order(number('twice'), 2, 'WorkOrderIssued', {
      ...(issued?.data as object),
      workOrderId: `${number('twice')}-2`,
    });
    await old.close(number('needless'));

    const opened = await old.store.readStream(streamName('intake.case', number('well')));
    await old.copy(opened.slice(0, 1), number('well'), unroutedNumber);
    const decided = await old.store.readStream(streamName('routing.case', number('well')));
    await old.copy(decided, number('well'), unroutedNumber);
    await old.close(unroutedNumber);
    await old.reopen(unroutedNumber);
    await old.end(folder);
  }, 60_000);
  afterAll(async () => {
    await stop();
    await remove(folder);
  }, 30_000);

  it('are found by the doctor, in plain words and with what to do', async () => {
    const { code, said } = await run('doctor');
    expect(code).toBe(1);
    expect(said).toMatch(/warning: 11 case\(s\) are stranded/);
    expect(said).toContain(
      `case ${number('ofClosed')} is open (CaseReopened@4) and joined to ${number('closed')} (CaseLinked@2), which is closed (CaseClosed@2)`,
    );
    expect(said).toContain('npm run ops -- cases mend mends them');
  }, 60_000);

  it('are told each with its kind', async () => {
    expect(new Set(await kinds())).toEqual(
      new Set([
        'ofClosed parent-ended',
        'ofWithdrawn parent-ended',
        'here parents-in-a-circle',
        'there parents-in-a-circle',
        'chain parents-in-a-circle',
        'ofReopened closed-without-parent',
        'ofOther parent-unlike',
        'orderless no-order',
        'twice two-orders',
        'needless needless-order',
        'unrouted not-routed',
      ]),
    );
    const one = await run('cases', 'check', '--case', number('orderless'));
    expect([one.code, one.said]).toEqual([1, expect.stringContaining('has no live order')]);
    expect((await run('cases', 'check', '--case', '12')).code).toBe(2);
  }, 60_000);

  it('are left as they are by a dry run', async () => {
    const before = await headOfLog();
    const { code, said } = await run('cases', 'mend', '--dry-run');
    expect([code, said]).toEqual([1, expect.stringContaining('nothing was written')]);
    expect(said).toContain(`to be taken apart from ${number('closed')}`);
    expect(await headOfLog()).toBe(before);
  }, 60_000);

  it('are mended by events without a process, and not a second time before the services have followed', async () => {
    const { code, said } = await run('cases', 'mend');
    expect([code, said]).toEqual([0, expect.stringContaining('11 mended, 0 not')]);
    expect(said).toMatch(/given a work order[^]*opened again|opened again[^]*given a work order/);
    const before = await headOfLog();
    const early = await run('cases', 'mend');
    expect([early.code, early.complained]).toEqual([1, expect.stringContaining('nothing was done')]);
    expect(await headOfLog()).toBe(before);
  }, 60_000);

  it('are all looked after in the end, each by one department, and mending again changes nothing', async () => {
    const running = await start();
    await running.drained();
    for (let round = 0; round < 3 && (await run('cases', 'mend')).said.includes('mended'); round += 1)
      await running.drained();
    expect(await kinds()).toEqual([]);
    expect((await run('doctor')).said).toBe('Nothing is wrong.\n');

    const inHand = (await running.call('GET', '/api/work-orders?status=issued&limit=100')) as Orders;
    const working = inHand.items.map(({ caseNumber }) => caseNumber).sort();
    const wanted = [
      'well',
      'ofClosed',
      'ofWithdrawn',
      'here',
      'other',
      'ofOther',
      'orderless',
      'twice',
      'unrouted',
    ];
    expect(working).toEqual(expect.arrayContaining(wanted.map(number)));
    expect(working).toEqual([...new Set(working)]);

    const before = await headOfLog();
    const again = await run('cases', 'mend');
    expect([again.code, again.said]).toEqual([0, expect.stringContaining('none is stranded')]);
    expect(await headOfLog()).toBe(before);
    await stop();
  }, 90_000);

  it('are mended beside a running process, whose services take it from there', async () => {
    const running = await start();
    const lost = await running.report();
    await running.drained();
    const beside = await OldLog.open(folder);
    await beside.cancelOrder(lost, 1, 'case-rerouted');
    await beside.store.close();
    await running.drained();
    expect((await check()).stranded).toMatchObject([{ caseNumber: lost, breaches: [{ kind: 'no-order' }] }]);
    expect((await run('cases', 'mend')).said).toContain('1 mended, 0 not');
    await running.drained();
    expect((await check()).stranded).toEqual([]);
    const { items } = (await running.call('GET', `/api/work-orders?caseNumber=${lost}`)) as Orders;
    expect(items.map(({ workOrderId }) => workOrderId)).toContain(`${lost}-2`);
  }, 60_000);
});
