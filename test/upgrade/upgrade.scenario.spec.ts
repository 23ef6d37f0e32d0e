import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { keptFolders } from '@city311/testing';

import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, membersOf } from '../server/json.js';
import { projectRoot, StartedServer } from '../server/started-server.js';
import { exportOf, type Kept } from './kept.js';

const byId = (rows: Kept['export']): Kept['export'] =>
  rows.toSorted((a, b) => (a['case_enquiry_id'] ?? '').localeCompare(b['case_enquiry_id'] ?? ''));

/** Each folder was filled by the version that it is named for; today's program is started on a copy. */
describe.each(keptFolders().map((folder) => [basename(folder), folder]))(
  'A data folder of %s',
  (_, folder) => {
    const kept = JSON.parse(readFileSync(join(folder, 'kept.json'), 'utf8')) as Kept;
    const scratch = mkdtempSync(join(tmpdir(), 'city311-upgrade-'));
    const dataDir = join(scratch, 'data');
    let server: StartedServer;
    let operator: Client;
    let channel: Client;

    const open = async (): Promise<void> => {
      server = await StartedServer.start({ dataDir });
      operator = new Client(server.url, kept.keys.operator);
      channel = new Client(server.url, kept.keys.channel);
      expect(await untilDrained(operator)).toBe(true);
    };
    const shut = async (): Promise<void> => {
      operator.close();
      channel.close();
      await server.stop();
    };
    const caseOf = (what: string): Kept['cases'][number] => {
      const found = kept.cases.find((one) => one.what === what);
      if (found === undefined) throw new Error(`no case was kept as ${what}`);
      return found;
    };

    beforeAll(async () => {
      buildIfStale();
      const { status, stderr } = spawnSync('tar', ['-xzf', join(folder, 'data.tar.gz'), '-C', scratch]);
      if (status !== 0) throw new Error(`tar: ${stderr.toString()}`);
      await open();
    }, 300_000);
    afterAll(async () => {
      await shut();
      rmSync(scratch, { recursive: true, force: true });
    }, 60_000);

    it('is served and exported with equal cells', async () => {
      expect(byId(await exportOf(operator, kept.asOf))).toEqual(byId(kept.export));
      for (const { caseNumber } of kept.cases) {
        const { status } = await operator.send({ path: `/api/cases/${caseNumber}/staff` });
        expect(status).toBe(200);
      }
    });

    it('has nothing parked, and the operators’ doctor finds nothing wrong', async () => {
      const { body } = await operator.send({ path: '/api/status' });
      const parked = [...itemsOf(body, 'groups'), ...itemsOf(body, 'views')].map((one) => one['parked'] ?? 0);
      expect(parked.filter((count) => count !== 0)).toEqual([]);
      const { status, stdout } = spawnSync(
        process.execPath,
        [join(projectRoot, 'services/all/dist/src/ops/main.js'), 'doctor', '--deep'],
        { cwd: projectRoot, env: { ...process.env, DATA_DIR: dataDir }, encoding: 'utf8' },
      );
      expect({ status, stdout }).toEqual({ status: 0, stdout: expect.any(String) });
    }, 60_000);

    it('lets a reporter act with the secret of then, and nobody else', async () => {
      const { caseNumber, trackingSecret } = caseOf('claimed');
      const withdrawal = (secret: string) => ({
        path: '/events',
        contentType: 'application/cloudevents+json',
        body: {
          specversion: '1.0',
          id: randomUUID(),
          source: 'urn:upgrade',
          type: 'city311.report.withdrawn.v1',
          data: { caseNumber, trackingSecret: secret },
        },
      });
      expect((await channel.send(withdrawal(caseOf('nowhere').trackingSecret))).status).toBe(403);
      expect((await channel.send(withdrawal(trackingSecret))).status).toBe(201);
    });

    it('takes new reports under numbers that were never given out', async () => {
      const numbers = new Set(kept.cases.map(({ caseNumber }) => caseNumber));
      const { status, body } = await channel.send({
        path: '/events',
        contentType: 'application/cloudevents+json',
        body: {
          specversion: '1.0',
          id: randomUUID(),
          source: 'urn:upgrade',
          type: 'city311.report.submitted.v1',
          data: { serviceCode: 'REQPOTHL', description: 'A new hole' },
        },
      });
      expect(status).toBe(201);
      expect(numbers).not.toContain(membersOf(body)['caseNumber']);
    });

    it('opens a second time', async () => {
      await shut();
      await open();
      const { status } = await operator.send({ path: `/api/cases/${caseOf('done').caseNumber}` });
      expect(status).toBe(200);
    }, 120_000);
  },
);
