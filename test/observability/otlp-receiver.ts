import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import { itemsOf, membersOf, textOf } from '../server/json.js';

export interface ReceivedSpan {
  readonly service: string;
  readonly thread: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly links: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

const valuesOf = (attributes: readonly Readonly<Record<string, unknown>>[]): Record<string, string> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [textOf(key), String(Object.values(membersOf(value))[0])]),
  );

const spansIn = (payload: unknown): ReceivedSpan[] =>
  itemsOf(payload, 'resourceSpans').flatMap((group) => {
    const resource = valuesOf(itemsOf(group['resource'], 'attributes'));
    return itemsOf(group, 'scopeSpans').flatMap((scope) =>
      itemsOf(scope, 'spans').map((span) => ({
        service: resource['service.name'] ?? '',
        thread: resource['thread.name'] ?? '',
        name: textOf(span['name']),
        traceId: textOf(span['traceId']),
        spanId: textOf(span['spanId']),
        parentSpanId: typeof span['parentSpanId'] === 'string' ? span['parentSpanId'] : '',
        links: itemsOf(span, 'links').map(({ spanId }) => textOf(spanId)),
        attributes: valuesOf(itemsOf(span, 'attributes')),
      })),
    );
  });

/** Takes traces by OTLP/HTTP in JSON, as a collector would, and keeps them. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Everything as it came. */
  readonly bodies: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<OtlpReceiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port to be had');
    const receiver = new OtlpReceiver(server, `http://127.0.0.1:${address.port}`);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        receiver.bodies.push(body);
        receiver.spans.push(...spansIn(JSON.parse(body)));
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    return receiver;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
