import { setTimeout as pause } from 'node:timers/promises';

import { itemsOf, membersOf, textOf } from '../server/json.js';
import { mergeStatuses } from './merged-status.js';

/** A process that takes requests. */
export interface Backend {
  /** `intake-0` */
  readonly name: string;
  readonly url: string;
  /** Where it says what it waits for. */
  readonly managementUrl: string;
}

export interface OperatorAnswer {
  readonly status: number;
  readonly body: unknown;
}

interface Asked {
  readonly backend: Backend;
  readonly answer: OperatorAnswer;
}

/** Engines say where the log ends as of a moment ago at most. */
const headFreshMs = 450;
/** A rebuild answers when it is done. */
const patienceMs = 600_000;

const ask = async (
  { url, managementUrl }: Backend,
  path: string,
  authorization: string,
  method = 'GET',
): Promise<OperatorAnswer> => {
  const answer = await fetch(new URL(path, path.startsWith('/health') ? managementUrl : url), {
    method,
    headers: {
      ...(authorization === '' ? {} : { authorization }),
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
    },
    ...(method === 'GET' ? {} : { body: '{}' }),
    signal: AbortSignal.timeout(patienceMs),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
};

const notNow = (why: string): OperatorAnswer => ({
  status: 503,
  body: { type: 'urn:city311:problem:not-now', title: why, status: 503 },
});

const askAll = async (
  backends: readonly Backend[],
  path: string,
  authorization: string,
): Promise<readonly Asked[]> =>
  Promise.all(
    backends.map(async (backend) => ({
      backend,
      answer: await ask(backend, path, authorization).catch((error: unknown) =>
        notNow(`${backend.name} does not answer: ${String(error)}`),
      ),
    })),
  );

const refusalIn = (asked: readonly Asked[]): OperatorAnswer | undefined =>
  asked.find(({ answer }) => answer.status !== 200)?.answer;

/** Answers of single processes put together for those who ask the whole system. */
export class OperatorAnswers {
  constructor(
    private readonly backends: () => readonly Backend[],
    /** Services that nobody runs at the moment. */
    private readonly missing: () => readonly string[],
  ) {}

  /** Null where the path is one service's. */
  async answer(method: string, path: string, authorization: string): Promise<OperatorAnswer | null> {
    if (path === '/health/live') return { status: 200, body: { live: true } };
    if (path === '/health/ready') return this.#ready();
    if (path === '/api/status') return this.#status(authorization);
    if (path === '/api/views') return this.#views(authorization);
    if (/^\/api\/views\/[^/]+\/(rebuild|retry)$/.test(path) && method === 'POST')
      return this.#ofWhoeverHasIt(path, authorization);
    return null;
  }

  async #ready(): Promise<OperatorAnswer> {
    const asked = await askAll(this.backends(), '/health/ready', '');
    const waitingFor = [
      ...this.missing(),
      ...asked
        .filter(({ answer }) => answer.status !== 200)
        .map(({ backend, answer }) => `${backend.name}: ${JSON.stringify(membersOf(answer.body))}`),
    ];
    const ready = waitingFor.length === 0;
    return { status: ready ? 200 : 503, body: { ready, waitingFor } };
  }

  /**
   * What was on its way between two processes when they were asked is seen by the second round: all appends had been
   * published by the end of the first.
   */
  async #status(authorization: string): Promise<OperatorAnswer> {
    const first = await this.#round(authorization);
    if ('refusal' in first) return first.refusal;
    if (!first.status.drained) return { status: 200, body: first.status };
    await pause(headFreshMs);
    const second = await this.#round(authorization);
    if ('refusal' in second) return second.refusal;
    const drained = second.status.drained && second.status.head === first.status.head;
    return { status: 200, body: { ...second.status, drained } };
  }

  async #round(
    authorization: string,
  ): Promise<{ readonly status: ReturnType<typeof mergeStatuses> } | { readonly refusal: OperatorAnswer }> {
    const asked = await askAll(this.backends(), '/api/status', authorization);
    const refusal = refusalIn(asked);
    if (refusal !== undefined) return { refusal };
    const merged = mergeStatuses(asked.map(({ answer }) => answer.body));
    return { status: { ...merged, drained: merged.drained && this.missing().length === 0 } };
  }

  async #views(authorization: string): Promise<OperatorAnswer> {
    const asked = await askAll(this.backends(), '/api/views', authorization);
    const refusal = refusalIn(asked);
    if (refusal !== undefined) return refusal;
    const views = new Map(
      asked
        .flatMap(({ answer }) => itemsOf(answer.body, 'views'))
        .map((view) => [textOf(view['view']), view] as const),
    );
    return { status: 200, body: { views: [...views.values()] } };
  }

  async #ofWhoeverHasIt(path: string, authorization: string): Promise<OperatorAnswer> {
    let last = notNow('No process takes requests');
    for (const backend of this.backends()) {
      last = await ask(backend, path, authorization, 'POST').catch((error: unknown) =>
        notNow(`${backend.name} does not answer: ${String(error)}`),
      );
      if (last.status !== 404) return last;
    }
    return last;
  }
}
