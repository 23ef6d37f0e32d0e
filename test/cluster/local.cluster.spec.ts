import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { loadCity } from '@city311/city';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { findAnomalies } from '../faults/checker.js';
import { mailsIn } from '../faults/collect.js';
import { countOf, gather } from '../faults/gather.js';
import { crowdOf, type Crowd } from '../faults/load/crowd.js';
import { until } from '../faults/reports.js';
import { told } from '../faults/told.js';
import { generatedAsOf, generateRows } from '../generated/rows.js';
import { OtlpReceiver } from '../observability/otlp-receiver.js';
import { ada, reportOf } from '../observability/resident.js';
import { faultsOf, reportLines } from '../replay/report.js';
import { replay } from '../replay/replay.js';
import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { disasters } from './disasters.js';
import { engineNames } from './engines.js';
import { whyNoCluster } from './has-java.js';
import { LocalCluster } from './local-cluster.js';

const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
const rowCount = Number(process.env['CLUSTER_ROWS'] ?? 600);
const databaseAwayMs = 1_000 * Number(process.env['CLUSTER_DATABASE_AWAY_S'] ?? 10);
const floors = { column: 99.5, ontime: 99 };
const traceId = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const noCluster = whyNoCluster();
if (noCluster !== null) say(`SKIPPED: no cluster to test: ${noCluster}; Kafka and MongoDB need it`);

(noCluster === null ? describe : describe.skip)(
  'The services as separate processes over their engines',
  () => {
    let collector: OtlpReceiver;
    let cluster: LocalCluster;
    let client: Client;
    let crowd: Crowd | undefined;

    beforeAll(async () => {
      buildIfStale();
      collector = await OtlpReceiver.start();
      // A caller's trace is followed whatever share of the others is.
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '0' };
      cluster = await LocalCluster.start({ env });
      client = new Client(cluster.url, cluster.keys.operator, { attempts: 20 });
      say(`engines: ${engineNames}; FAULT_SEED=${seed}`);
    }, 300_000);
    afterAll(async () => {
      crowd?.dismiss();
      client.close();
      await cluster.stop();
      await collector.stop();
    }, 120_000);

    it('are all seen in the one trace that an HTTP request begins', async () => {
      const report = async (id: string, headers: Readonly<Record<string, string>> = {}): Promise<void> => {
        const answer = await fetch(new URL('/events', cluster.url), {
          method: 'POST',
          headers: {
            authorization: `Bearer ${cluster.keys.operator}`,
            'content-type': 'application/cloudevents+json',
            ...headers,
          },
          body: JSON.stringify(reportOf(ada, id)),
        });
        expect(answer.status).toBe(201);
      };
      // A view that has read nothing yet may be filled in bulk, which belongs to nobody's trace.
      await report('untraced');
      expect(await untilDrained(client)).toBe(true);
      await report('traced', { traceparent: `00-${traceId}-1122334455667788-01` });
      const seen = (): string[] => [
        ...new Set(collector.spans.filter((span) => span.traceId === traceId).map(({ service }) => service)),
      ];
      const services = ['intake', 'routing', 'departments', 'notifications', 'portal'];
      await until(
        'spans of every service',
        () => Promise.resolve(services.every((service) => seen().includes(`city311-${service}`))),
        30_000,
      ).catch(() => undefined);
      expect(seen().toSorted()).toEqual(
        expect.arrayContaining(services.map((service) => `city311-${service}`)),
      );
      for (const detail of ada.details) expect(collector.bodies.join('\n')).not.toContain(detail);
    }, 60_000);

    it(`give the same history back: ${rowCount} generated rows`, async () => {
      const { rows } = generateRows(loadCity('boston'), { seed, count: rowCount });
      const source = rows.map((row) => ({ block: '', row }));
      const result = await replay(client, source, { asOf: generatedAsOf });
      const faults = faultsOf(result, floors);
      if (faults.length > 0) say(reportLines(result, floors).join('\n'));
      expect(faults).toEqual([]);
      expect(result.rowsIn).toBe(rowCount);
      say(`${Math.round(result.rowsIn / result.played.seconds)} rows/s`);
    }, 600_000);

    it('keep every promise while processes, broker, database and event store fail in turn', async () => {
      crowd = crowdOf(seed, cluster.keys);
      for (const door of crowd.doors) door.open(cluster.url);
      const working = crowd.work();
      const took: Record<string, number> = {};
      for (const { name, strike } of disasters(databaseAwayMs)) {
        await pause(1_000);
        const struckAt = performance.now();
        await strike(cluster);
        took[name] = Math.round(performance.now() - struckAt);
      }
      await pause(2_000);
      crowd.stop();
      await working;
      const log = await cluster.openLog();
      const history = await gather(client, log, crowd, () =>
        cluster.mailFolders.filter((folder) => existsSync(folder)).flatMap(mailsIn),
      );
      await log.close();
      const work = {
        cases: countOf(history, 'intake.CaseOpened.v1'),
        closed: countOf(history, 'intake.CaseClosed.v1'),
        lostAnswers: crowd.doors.reduce((sum, { lost }) => sum + lost, 0),
        mails: history.mails.length,
        events: history.log.length,
      };
      say(JSON.stringify({ ...work, took }));
      expect(told(history, findAnomalies(history))).toEqual({ anomalies: [], log: [] });
      expect(cluster.obituaries).toEqual([]);
      expect(work.cases).toBeGreaterThan(rowCount + 100);
      expect(work.closed).toBeGreaterThan(50);
      expect(work.mails).toBeGreaterThan(50);
    }, 900_000);
  },
);
