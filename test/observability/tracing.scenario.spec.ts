import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { until } from '../faults/reports.js';
import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { itemsOf, membersOf, textOf } from '../server/json.js';
import { StartedServer } from '../server/started-server.js';
import { OtlpReceiver, type ReceivedSpan } from './otlp-receiver.js';
import { ada, reportOf } from './resident.js';

const traceId = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const callerSpan = '1122334455667788';
const traceparent = `00-${traceId}-${callerSpan}-01`;

/** Everything that the report, and what was done about it, led to. */
const inTrace = ({ spans }: OtlpReceiver): readonly ReceivedSpan[] =>
  spans.filter((span) => span.traceId === traceId);

describe('A trace that begins with a report', () => {
  let collector: OtlpReceiver;
  let server: StartedServer;
  let client: Client;
  let key = '';

  beforeAll(async () => {
    buildIfStale();
    collector = await OtlpReceiver.start();
    server = await StartedServer.start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    key = await server.createKey('desk', 'operator');
    client = new Client(server.url, key);
  }, 120_000);
  afterAll(async () => {
    client.close();
    await server.stop();
    await collector.stop();
  }, 60_000);

  const send = async (path: string, body: unknown, headers: Readonly<Record<string, string>>) => {
    const answer = await fetch(new URL(path, server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  };

  it('is seen with one id in every service and in the view that shows the case', async () => {
    const { status, body } = await send('/events', reportOf(ada, 'traced'), {
      'content-type': 'application/cloudevents+json',
      traceparent,
    });
    expect(status).toBe(201);
    const caseNumber = textOf(membersOf(body)['caseNumber']);
    const orders = async () =>
      itemsOf((await client.send({ path: `/api/work-orders?caseNumber=${caseNumber}` })).body, 'items');
    await until('a work order', async () => (await orders()).length === 1, 15_000);

    await until(
      'spans of every service',
      async () => {
        const groups = new Set(
          inTrace(collector).map(({ attributes }) => attributes['messaging.consumer.group.name'] ?? ''),
        );
        return ['intake', 'routing', 'departments', 'notifications'].every((service) =>
          [...groups].some((group) => group.startsWith(`city311.${service}.`)),
        );
      },
      15_000,
    );
    await until(
      'the span of the public view for the route',
      async () => inTrace(collector).filter(({ name }) => name === 'project service_requests').length >= 2,
      15_000,
    );
    const spans = inTrace(collector);
    const request = spans.find(({ name }) => name === 'POST /events');
    expect(request).toMatchObject({
      service: 'city311-all',
      thread: 'http',
      parentSpanId: callerSpan,
      attributes: { 'http.response.status_code': '201', 'http.route': '/events' },
    });
    // Every span hangs below another one of the trace, up to the caller's: what an event led to is below it.
    const known = new Set([callerSpan, ...spans.map(({ spanId }) => spanId)]);
    for (const span of spans)
      expect({ span, hasParent: known.has(span.parentSpanId) }).toMatchObject({ hasParent: true });
    const routing = spans.find(
      ({ attributes }) => attributes['city311.event.type'] === 'intake.CaseOpened.v1',
    );
    expect(routing).toMatchObject({ thread: 'background', parentSpanId: request?.spanId });
  }, 60_000);

  it('goes on from what a crew does in a trace of its own, begun where the caller names none', async () => {
    const { body } = await send('/events', reportOf(ada, 'worked-on'), {
      'content-type': 'application/cloudevents+json',
    });
    const caseNumber = textOf(membersOf(body)['caseNumber']);
    const find = async () =>
      itemsOf((await client.send({ path: `/api/work-orders?caseNumber=${caseNumber}` })).body, 'items');
    await until('a work order', async () => (await find()).length === 1, 15_000);
    const id = textOf((await find())[0]?.['workOrderId']);
    const done = await send(`/api/work-orders/${id}/complete`, { outcome: 'resolved', text: 'Filled' }, {});
    expect(done.status).toBe(200);
    const requestOf = () => collector.spans.find(({ name }) => name.startsWith('POST /api/work-orders/'));
    await until(
      'the close in the public view',
      async () => {
        const request = requestOf();
        return collector.spans.some(
          ({ traceId: trace, name, attributes }) =>
            trace === request?.traceId &&
            name === 'project service_requests' &&
            attributes['city311.event.type'] === 'intake.CaseClosed.v1',
        );
      },
      15_000,
    );
    expect(requestOf()?.traceId).not.toBe(traceId);
    expect(requestOf()?.parentSpanId).toBe('');
  }, 60_000);

  it('tells the collector nothing about the person', () => {
    const all = collector.bodies.join('\n');
    for (const detail of ada.details) expect(all).not.toContain(detail);
  });
});
