import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  /** Parsed JSON; undefined where the body is empty or no JSON. */
  readonly body: unknown;
  /** How often it was sent: more than 1 means that an earlier try may have had its effect. */
  readonly attempts: number;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The server did not give a final answer within the tries allowed. */
export class GaveUpError extends Error {
  override readonly name = 'GaveUpError';
}

/** Answers that say "later": nothing was done, or what was done is found again by its idempotency key. */
export const isRetryable = (status: number): boolean => status === 429 || status >= 500;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** One server, one API key, a few kept-alive connections. */
export class Client {
  private readonly agent: Agent;

  constructor(
    readonly target: string,
    private readonly key: string,
    private readonly limits: {
      readonly sockets?: number;
      readonly timeoutMs?: number;
      readonly attempts?: number;
      readonly firstDelayMs?: number;
    } = {},
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: limits.sockets ?? 32, scheduling: 'lifo' });
  }

  close(): void {
    this.agent.destroy();
  }

  /** The answer's head, its body still to be read. @throws Error  no answer in time, or the connection broke */
  open(call: Call): Promise<IncomingMessage> {
    const payload = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(call.path, this.target),
        {
          agent: this.agent,
          method: call.method ?? (payload === undefined ? 'GET' : 'POST'),
          timeout: call.timeoutMs ?? this.limits.timeoutMs ?? 30_000,
          ...(call.signal === undefined ? {} : { signal: call.signal }),
          headers: {
            ...(this.key === '' ? {} : { authorization: `Bearer ${this.key}` }),
            ...(payload === undefined
              ? {}
              : { 'content-type': call.contentType ?? 'application/json', 'content-length': payload.length }),
          },
        },
        resolve,
      );
      sent.once('timeout', () => sent.destroy(new Error(`no answer in time: ${call.path}`)));
      sent.once('error', reject);
      sent.end(payload);
    });
  }

  /** One try, body read whole. @throws Error  no answer in time, or the connection broke */
  async once(call: Call): Promise<Answer> {
    const answer = await this.open(call);
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
    return {
      status: answer.statusCode ?? 0,
      body: parse(Buffer.concat(chunks).toString()),
      attempts: 1,
    };
  }

  /**
   * Sends until there is a final answer, waiting longer each time. Only for calls that may be repeated.
   * @throws GaveUpError  every try failed; AbortError  the signal said to stop
   */
  async send(call: Call): Promise<Answer> {
    const { attempts = 8, firstDelayMs = 100 } = this.limits;
    let reason = '';
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (attempt > 1) {
        const delayMs = Math.min(firstDelayMs * 2 ** (attempt - 2), 5_000);
        await pause(delayMs, undefined, call.signal === undefined ? {} : { signal: call.signal });
      }
      try {
        const answer = await this.once(call);
        if (!isRetryable(answer.status)) return { ...answer, attempts: attempt };
        reason = `status ${answer.status}`;
      } catch (cause) {
        if (call.signal?.aborted === true) throw cause;
        reason = cause instanceof Error ? cause.message : String(cause);
      }
    }
    throw new GaveUpError(`${call.path}: ${reason}, ${attempts} tries`);
  }
}
