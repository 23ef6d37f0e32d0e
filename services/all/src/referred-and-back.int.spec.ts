import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { remove, startSystem, tempFolder, type Running } from './ops/ops.spec-support.js';

interface Decisions {
  readonly decisions: readonly { readonly data: { readonly departmentId: string; readonly queue: string } }[];
}

describe('An operator’s word on where a case goes', () => {
  let folder = '';
  let system: Running;
  const given = { departmentId: 'BWSC', queue: 'BWSC_Pothole' };

  beforeAll(async () => {
    folder = await tempFolder();
    system = await startSystem(folder);
  }, 60_000);
  afterAll(async () => {
    await system.stop();
    await remove(folder);
  }, 30_000);

  const sendTo = async (caseNumber: string, where: object): Promise<Decisions> => {
    const told = (await system.call('POST', `/api/routing/triage/${caseNumber}`, where)) as Decisions;
    await system.drained();
    return told;
  };

  it('brings one that was referred away back to the department that routing named before, with an order', async () => {
    const caseNumber = await system.report({ location: { latitude: 42.3339, longitude: -71.0805 } });
    await system.drained();
    const { decisions } = (await system.call('GET', `/api/routing/decisions/${caseNumber}`)) as Decisions;
    const { departmentId = '', queue = '' } = decisions.at(-1)?.data ?? {};
    await system.call('POST', `/api/cases/${caseNumber}/refer`, { agency: 'the gas company' });
    await sendTo(caseNumber, { departmentId, queue });
    expect(await system.call('GET', `/api/cases/${caseNumber}`)).toMatchObject({
      subStatus: 'assigned',
      departmentId,
    });
    await system.call('POST', `/api/work-orders/${caseNumber}-2/complete`, { outcome: 'resolved' });
  }, 60_000);

  it('is taken once where it is given twice', async () => {
    const caseNumber = await system.report();
    await system.drained();
    const first = await sendTo(caseNumber, given);
    expect(await sendTo(caseNumber, given)).toEqual(first);
  }, 60_000);
});
