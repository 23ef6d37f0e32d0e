import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { membersOf, textOf } from '../server/json.js';

/**
 * Where a fake server misbehaves: called for each request, an answer status instead of the real one, or null.
 * `count` is how often this very request was sent, from 1: who asks again is not troubled by what others ask.
 */
export type Trouble = (path: string, count: number) => number | 'hang up' | 'hang up after' | null;

/**
 * Just enough of the doors to test the player: reports make cases by their id, each case gets an order at once.
 * It forgets nothing, so that what it took can be compared with what was sent.
 */
export class FakeServer {
  readonly caseOf = new Map<string, string>();
  readonly completed = new Map<string, number>();
  readonly reopened: string[] = [];
  /** Cases that get no order. */
  readonly withheld = new Set<string>();
  private readonly orders: string[] = [];
  private readonly counts = new Map<string, number>();
  private readonly server: Server;

  constructor(private readonly trouble: Trouble = () => null) {
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const url = new URL(request.url ?? '/', 'http://fake');
    const text = Buffer.concat(chunks).toString();
    const sent = `${url.pathname}${url.search} ${text}`;
    const count = (this.counts.get(sent) ?? 0) + 1;
    this.counts.set(sent, count);
    const trouble = this.trouble(url.pathname, count);
    if (trouble === 'hang up') return void request.socket.destroy();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    if (typeof trouble === 'number') return void response.writeHead(trouble).end('{}');
    const answer = JSON.stringify(this.answer(url, body));
    if (trouble === 'hang up after') return void request.socket.destroy();
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  }

  private answer(url: URL, body: unknown): unknown {
    if (url.pathname === '/api/status') return { drained: true, head: this.orders.length, groups: [] };
    if (url.pathname === '/events' && Array.isArray(body)) {
      return { results: body.map((event) => this.report(membersOf(event))) };
    }
    if (url.pathname === '/api/work-orders/batch') {
      const items = membersOf(body)['items'];
      return { results: Array.isArray(items) ? items.map((item) => this.complete(membersOf(item))) : [] };
    }
    const asked = url.searchParams.get('caseNumber');
    const from = Number(url.searchParams.get('cursor') ?? '0');
    const page = asked === null ? this.orders.slice(from, from + 7) : [asked];
    return { items: page.map((number) => this.order(number)), next: String(from + page.length) };
  }

  private order(caseNumber: string): unknown {
    const status = this.completed.has(caseNumber) ? 'completed' : 'issued';
    return { workOrderId: `${caseNumber}-1`, caseNumber, status };
  }

  private report(event: Readonly<Record<string, unknown>>): unknown {
    const id = textOf(event['id']);
    if (textOf(event['type']).includes('reopened')) {
      this.reopened.push(id);
      return { id, status: 201, caseNumber: 'x' };
    }
    const known = this.caseOf.get(id);
    if (known !== undefined) return { id, status: 200, caseNumber: known };
    const caseNumber = `case${this.caseOf.size}`;
    this.caseOf.set(id, caseNumber);
    if (!this.withheld.has(id)) this.orders.push(caseNumber);
    return { id, status: 201, caseNumber };
  }

  private complete(item: Readonly<Record<string, unknown>>): unknown {
    const workOrderId = textOf(item['workOrderId']);
    const caseNumber = workOrderId.slice(0, -2);
    if (this.completed.has(caseNumber)) return { workOrderId, status: 409, problem: { title: 'done' } };
    this.completed.set(caseNumber, this.completed.size);
    return { workOrderId, status: 200 };
  }
}
