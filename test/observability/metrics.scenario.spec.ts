import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

import { post, until } from '../faults/reports.js';
import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, textOf } from '../server/json.js';
import { StartedServer } from '../server/started-server.js';
import { documentedMetrics } from './documented.js';
import { ada, reportOf } from './resident.js';
import { declaredIn, parseMetrics, type Sample } from './scrape.js';

describe('A process that has seen a case from report to notice', () => {
  let server: StartedServer;
  let client: Client;
  let logged = '';
  let metrics = '';
  let samples: readonly Sample[] = [];

  beforeAll(async () => {
    buildIfStale();
    server = await StartedServer.start({ env: { LOG_LEVEL: 'trace' } });
    client = new Client(server.url, await server.createKey('desk', 'operator'));
    const { status, caseNumber } = await post(client, reportOf(ada, 'whole'));
    expect(status).toBe(201);
    const orders = async () =>
      itemsOf((await client.send({ path: `/api/work-orders?caseNumber=${caseNumber}` })).body, 'items');
    await until('a work order', async () => (await orders()).length === 1, 15_000);
    const path = `/api/work-orders/${textOf((await orders())[0]?.['workOrderId'])}/complete`;
    const done = await client.once({ path, body: { outcome: 'resolved', text: `Called ${ada.details[3]}` } });
    expect(done.status).toBe(200);
    // What is refused must not be repeated in the log either.
    await post(client, {
      ...reportOf(ada, 'refused'),
      data: { contact: ada.contact, nonsense: ada.description },
    });
    await client.once({ path: `/open311/v2/requests.json?q=${encodeURIComponent(ada.description)}` });
    expect(await untilDrained(client)).toBe(true);
    await until(
      'the notice was sent',
      async () => {
        metrics = await (await fetch(new URL('/metrics', server.managementUrl))).text();
        samples = parseMetrics(metrics);
        return valueOf('city311_notices_total', { outcome: 'sent' }) > 0;
      },
      15_000,
    );
    logged = readFileSync(server.logFile, 'utf8');
  }, 120_000);
  afterAll(async () => {
    client.close();
    await server.stop();
  }, 60_000);

  const valueOf = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
    samples
      .filter(
        (sample) =>
          sample.name === name &&
          Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      )
      .reduce((sum, { value }) => sum + value, 0);

  it('shows the figures that the operators’ table lists, those and no others, with their labels', () => {
    const ours = declaredIn(metrics).filter((name) => name.startsWith('city311_'));
    expect([...ours].sort()).toEqual(
      documentedMetrics()
        .map(({ name }) => name)
        .sort(),
    );
    for (const { name, kind, labels } of documentedMetrics()) {
      expect(metrics).toContain(`# TYPE ${name} ${kind}`);
      const shown = samples.filter((sample) => sample.name.replace(/_(bucket|sum|count)$/, '') === name);
      for (const sample of shown)
        expect([...Object.keys(sample.labels).filter((label) => label !== 'le')].sort()).toEqual(
          [...labels].sort(),
        );
    }
  });

  it('has counted the report, its way into the view, its events and the notices', () => {
    expect(valueOf('city311_reports_accepted_total', { imported: 'false' })).toBe(1);
    expect(valueOf('city311_report_to_view_seconds_count', { view: 'service_requests' })).toBe(1);
    expect(valueOf('city311_report_to_view_seconds_bucket', { le: '5' })).toBe(1);
    expect(valueOf('city311_events_appended_total', { type: 'intake.CaseClosed.v1' })).toBe(1);
    expect(valueOf('city311_notices_total', { outcome: 'failed' })).toBe(0);
    expect(valueOf('city311_append_seconds_count', { thread: 'http' })).toBeGreaterThan(0);
    expect(valueOf('city311_append_seconds_count', { thread: 'background' })).toBeGreaterThan(0);
    expect(valueOf('city311_vault_seconds_count', { operation: 'remember-contact' })).toBe(1);
    expect(valueOf('city311_consumer_events_total', { outcome: 'handled' })).toBeGreaterThan(4);
    expect(valueOf('city311_http_request_seconds_count', { route: '/events', status: '201' })).toBe(1);
    expect(valueOf('city311_ready')).toBe(1);
    expect(valueOf('city311_background_up')).toBe(1);
    expect(valueOf('city311_leases_held', { lease: 'view:service_requests' })).toBe(1);
    expect(valueOf('city311_consumer_lag_events')).toBe(0);
    expect(valueOf('city311_parked_messages')).toBe(0);
  });

  it('has told nothing about the person, not in its log at the finest level and not in its figures', () => {
    expect(logged).toContain('"level":20');
    for (const detail of ada.details) {
      expect(logged).not.toContain(detail);
      expect(metrics).not.toContain(detail);
    }
  });
});
