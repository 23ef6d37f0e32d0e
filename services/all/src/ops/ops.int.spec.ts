import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ops, remove, startSystem, tempFolder, type Ran, type Running } from './ops.spec-support.js';

describe('The operator beside a running process', () => {
  let folder = '';
  let system: Running;
  let first = '';
  const run = (...args: readonly string[]): Promise<Ran> => ops({ DATA_DIR: folder }, ...args);
  const json = async (...args: readonly string[]): Promise<unknown> =>
    JSON.parse((await run(...args, '--json')).said);

  beforeAll(async () => {
    folder = await tempFolder();
    system = await startSystem(folder);
    first = await system.report({ contact: { email: 'rosa@example.org', consent: true } });
    for (let n = 0; n < 5; n += 1) await system.report();
    await system.drained();
  }, 60_000);
  afterAll(async () => {
    await system.stop();
    await remove(folder);
  }, 30_000);

  it('lists categories, streams and the story of a case', async () => {
    expect(await json('streams')).toContainEqual({ category: 'routing.case', streams: 6, events: 6 });
    const { said } = await run('streams', 'show', `intake.case-${first}`, '--data');
    expect(said).toContain('intake.CaseOpened.v1');
    expect(said).toContain('[protected, key ');
    expect(said).not.toMatch(/p1\.|deep hole/);
    const story = (await run('case', first)).said;
    for (const part of [
      'intake.CaseOpened',
      'routing.RouteDecided',
      'departments.WorkOrderIssued',
      'notifications.',
    ])
      expect(story).toContain(part);
    expect(story).not.toMatch(/p1\.|deep hole|rosa/);
    expect((await run('case', '000')).code).toBe(1);
  }, 30_000);

  it('tells where every group and view stands, and who works for it', async () => {
    const lines = (await json('lag')) as { group: string; lag: number; holder: string | null }[];
    expect(lines.map(({ group }) => group)).toEqual(
      expect.arrayContaining(['city311.routing.on-case', 'view:service_requests', 'view:work_orders']),
    );
    for (const { lag, holder } of lines) expect([lag, holder]).toEqual([0, expect.stringContaining('/')]);
    expect((await run('checkpoints')).said).toContain('head of the log');
  }, 30_000);

  it('verifies every view, rebuilds one by the process and by itself', async () => {
    const views = (await json('views', 'list')) as { view: string }[];
    expect(views.map(({ view }) => view)).toEqual(
      expect.arrayContaining(['notices', 'routable_cases', 'service_requests', 'work_orders']),
    );
    for (const { view } of views)
      expect([view, (await run('views', 'verify', view)).code]).toEqual([view, 0]);
    const byProcess = await run('views', 'rebuild', 'service_requests', '--url', system.url);
    expect(byProcess.said).toContain('by the process');
    expect((await run('views', 'rebuild', 'service_requests')).said).toContain('by this command');
    expect(await json('views', 'verify', 'service_requests')).toMatchObject({
      documents: 6,
      inView: 6,
      differing: 0,
    });
    expect((await run('key', 'list')).said).not.toContain('ops-');
    expect((await run('views', 'rebuild', 'nothing')).complained).toContain('there are case_references');
  }, 60_000);

  it('verifies while reports come in', async () => {
    const stopping = new AbortController();
    const reporting = (async () => {
      for (let n = 0; n < 200 && !stopping.signal.aborted; n += 1) await system.report();
    })();
    const { code, said } = await run('views', 'verify', 'service_requests');
    stopping.abort();
    await reporting;
    expect([code, said]).toEqual([0, expect.stringContaining('none differs')]);
    await system.drained();
  }, 60_000);
});

describe('The command line', () => {
  const run = (...args: readonly string[]): Promise<Ran> => ops({ DATA_DIR: '/nowhere' }, ...args);

  it('is told every fault at once, and opens nothing', async () => {
    const { code, complained } = await run('key', 'create', '--role', '--colour', 'red', 'extra');
    expect(code).toBe(2);
    for (const fault of [
      '--role needs a value',
      'no option --colour',
      '--name is needed',
      'extra is one word too many',
    ])
      expect(complained).toContain(fault);
    expect((await run('views')).complained).toContain('views needs one word more: views list');
    expect((await run('dance')).complained).toContain('there is no command dance');
    expect((await ops({ DATA_DIR: '/nowhere', TARGET: 'moon', PORT: 'x' }, 'lag')).complained).toMatch(
      /TARGET[^]*PORT/,
    );
  });

  it('explains every command', async () => {
    const { said } = await run('help');
    for (const name of ['streams show', 'views verify', 'key revoke', 'erase']) expect(said).toContain(name);
    expect((await run('views', 'verify', '--help')).said).toContain('Exit code 1 when a document differs');
    expect((await run('help', 'parked')).said).toContain('parked resend');
  });
});
