import { Agent, request } from 'node:http';
import { connect } from 'node:net';

/** A request as bytes: nothing is checked or completed on its way out. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

const timeoutMs = 20_000;

/** Sends over a few kept-alive connections. */
export class RawClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });

  constructor(
    readonly url: string,
    private readonly patienceMs = timeoutMs,
  ) {}

  close(): void {
    this.#agent.destroy();
  }

  /** @throws Error  no answer in time, or the connection broke */
  send({ method, path, headers, body }: RawRequest): Promise<RawAnswer> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          hostname,
          port,
          method,
          path,
          timeout: this.patienceMs,
          headers: { ...headers, ...(body === null ? {} : { 'content-length': String(body.length) }) },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.once('error', reject);
          answer.once('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              contentType: answer.headers['content-type'] ?? '',
              text: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      sent.once('timeout', () =>
        sent.destroy(new Error(`no answer in time: ${method} ${path.slice(0, 100)}`)),
      );
      sent.once('error', reject);
      sent.end(body ?? undefined);
    });
  }

  /** Promises more bytes than come, then hangs up; what is answered is of no interest. */
  truncated({ method, path, headers, body }: RawRequest): Promise<void> {
    const { hostname, port } = new URL(this.url);
    const part = body ?? Buffer.alloc(0);
    const head = Object.entries({
      host: hostname,
      ...headers,
      'content-length': String(part.length * 2 + 10),
    });
    return new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
        socket.write(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`);
        socket.write(part, () => setTimeout(() => socket.destroy(), 20));
      });
      socket.once('error', () => undefined);
      socket.once('close', () => resolve());
    });
  }
}
