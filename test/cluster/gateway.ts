import { once } from 'node:events';
import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';

import { OperatorAnswers, type Backend } from './operator-answers.js';
import { serviceFor, serviceNames, type ServiceName } from './routes.js';

export interface Gateway {
  /** `http://127.0.0.1:3110` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Headers that say something about one connection only. */
const ofOneHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade']);

const forwarded = (headers: IncomingMessage['headers']): Record<string, string | string[]> => {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !ofOneHop.has(name) && name !== 'transfer-encoding') kept[name] = value;
  return kept;
};

const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const isRefused = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';

const say = (response: ServerResponse, status: number, body: unknown): void => {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
};

const problem = (status: number, title: string): object => ({
  type: `urn:city311:problem:${status === 502 ? 'answer-lost' : 'not-now'}`,
  title,
  status,
});

/** Requests to one set of processes, in turns; the next one is asked where nobody listens. */
class Proxy {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 128, scheduling: 'lifo' });
  #turn = 0;

  constructor(private readonly backendsOf: (service: ServiceName) => readonly Backend[]) {}

  async pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const service = serviceFor(new URL(incoming.url ?? '/', 'http://gateway').pathname);
    const body = await bodyOf(incoming);
    const backends = this.backendsOf(service);
    this.#turn += 1;
    for (let tries = 0; tries < backends.length; tries += 1) {
      const backend = backends[(this.#turn + tries) % backends.length];
      if (backend === undefined) break;
      try {
        await this.#send(backend, incoming, body, response);
        return;
      } catch (error) {
        if (isRefused(error)) continue;
        // It may have been done: whoever sent it asks again under the same key.
        say(response, 502, problem(502, `The answer of ${backend.name} was lost`));
        return;
      }
    }
    say(response, 503, problem(503, `No process of ${service} takes requests`));
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(backend: Backend, incoming: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    return new Promise((resolve, reject) => {
      const { method = 'GET', url = '/', headers } = incoming;
      const sent = request(new URL(url, backend.url), {
        agent: this.#agent,
        method,
        headers: { ...forwarded(headers), ...(body.length > 0 ? { 'content-length': body.length } : {}) },
      });
      response.once('close', () => {
        if (!response.writableFinished) sent.destroy();
      });
      sent.once('error', reject);
      sent.once('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, forwarded(answer.headers));
        answer.pipe(response);
        answer.once('end', resolve).once('error', reject);
        answer.once('aborted', () => {
          response.destroy();
          resolve();
        });
      });
      sent.end(body);
    });
  }
}

const listen = async (server: Server, port: number): Promise<string> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port to be had');
  return `http://127.0.0.1:${address.port}`;
};

/**
 * One address for services that run as separate processes, for tests and for one machine: paths as the chart's ingress
 * has them, processes of a service in turns, operators' questions answered for the whole system.
 * @param backendsOf  processes that take requests just now
 */
export const startGateway = async (
  backendsOf: (service: ServiceName) => readonly Backend[],
  port = 0,
): Promise<Gateway> => {
  const proxy = new Proxy(backendsOf);
  const operators = new OperatorAnswers(
    () => serviceNames.flatMap(backendsOf),
    () => serviceNames.filter((service) => backendsOf(service).length === 0),
  );
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(incoming.url ?? '/', 'http://gateway');
    const merged = await operators.answer(
      incoming.method ?? 'GET',
      pathname,
      incoming.headers.authorization ?? '',
    );
    if (merged === null) await proxy.pass(incoming, response);
    else {
      incoming.resume();
      say(response, merged.status, merged.body);
    }
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });
  const url = await listen(server, port);
  return {
    url,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      proxy.close();
      await closed;
    },
  };
};
