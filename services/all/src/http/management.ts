import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Readiness } from '../readiness.js';
import type { Metrics } from './metrics.js';
import { answerBrokenRequest, answerExpectations } from './broken-requests.js';
import { secureAnswers, securityHeaders } from './security-headers.js';

/** Taken where no port is named, if it is free. */
export const usualManagementPort = 9311;

/** What a process knows of itself; both absent while its engines are not open yet. */
interface Known {
  readonly readiness: Pick<Readiness, 'waitingFor'>;
  readonly metrics: Pick<Metrics, 'text'>;
}

/** Figures and health of a process, on a port of their own: for operators' tools, not for the internet. */
export interface Management {
  /** `http://127.0.0.1:9311` */
  readonly url: string;
  /** From now on the process is asked; until then it is alive, and waits for its start. */
  serve(known: Known): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = (status: number, body: object): Answer => ({
  status,
  type: status >= 400 && 'type' in body ? 'application/problem+json' : 'application/json',
  body: JSON.stringify(body),
});

const problemWith = (status: number, code: string, title: string): Answer =>
  json(status, { type: `urn:city311:problem:${code}`, title, status });

const answerTo = async (path: string, known: Known | null): Promise<Answer> => {
  switch (path) {
    case '/health/live':
      return json(200, { live: true });
    case '/health/ready': {
      const waitingFor = known === null ? ['start'] : await known.readiness.waitingFor();
      return json(waitingFor.length === 0 ? 200 : 503, { ready: waitingFor.length === 0, waitingFor });
    }
    case '/metrics':
      return known === null
        ? problemWith(503, 'not-now', 'The process is starting; there are no figures yet')
        : {
            status: 200,
            type: 'text/plain; version=0.0.4; charset=utf-8',
            body: await known.metrics.text(),
          };
    default:
      return problemWith(404, 'not-found', 'There is nothing here');
  }
};

const send = (response: ServerResponse, { status, type, body }: Answer): void => {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
};

/**
 * Opens it before anything else of the process.
 * @param port  0 takes any free one; absent: the usual one, or any free one where another process has that
 * @throws Error  the port that was named is taken
 */
export const openManagement = async (host: string, port: number | undefined): Promise<Management> => {
  let known: Known | null = null;
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 10_000, requireHostHeader: false },
    (request, response) => {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        send(response, problemWith(405, 'bad-request', 'This is only read'));
        return;
      }
      void answerTo(request.url?.split('?')[0] ?? '', known)
        .catch(() => problemWith(500, 'defect', 'Something went wrong on our side'))
        .then((answer) => {
          send(response, answer);
        });
    },
  );
  server.on('clientError', answerBrokenRequest);
  answerExpectations(server);
  secureAnswers(server, securityHeaders(undefined));
  const listen = async (at: number): Promise<void> => {
    server.listen(at, host);
    await once(server, 'listening');
  };
  await listen(port ?? usualManagementPort).catch(async (error: unknown) => {
    const isTaken =
      typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
    if (port !== undefined || !isTaken) throw error;
    await listen(0);
  });
  const { address, family, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`,
    serve: (process) => {
      known = process;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
