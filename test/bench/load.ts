import autocannon from 'autocannon';

import { randomOf } from '../generated/random.js';
import type { CloudEvent } from '../replay/case-event.js';
import type { Client } from '../server/client.js';
import { arrivals, drive, percentile } from '../simulate/open-loop.js';

export interface LoadResult {
  readonly accepted: number;
  readonly refused: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Posts bodies over kept-alive connections for a while, each as soon as the last one was answered. */
export const postFor = async (
  url: string,
  options: {
    readonly seconds: number;
    readonly connections: number;
    readonly key: string;
    readonly body: () => string;
  },
): Promise<LoadResult> => {
  const run = await autocannon({
    url: `${url}/events`,
    connections: options.connections,
    duration: options.seconds,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json', authorization: `Bearer ${options.key}` },
        setupRequest: (request) => ({ ...request, body: options.body() }),
      },
    ],
  });
  return {
    accepted: run['2xx'],
    refused: run.non2xx + run.errors,
    seconds: run.duration,
    perSecond: run['2xx'] / run.duration,
    p50Ms: run.latency.p50,
    p99Ms: run.latency.p99,
  };
};

/** Posts at a rate, at random times, whether or not earlier ones were answered; times count from when each was due. */
export const postAtRate = async (
  client: Client,
  next: () => CloudEvent,
  rate: number,
  seconds: number,
): Promise<LoadResult> => {
  const answerMs: number[] = [];
  let refused = 0;
  await drive(
    arrivals({ rate, seconds, storm: false }, randomOf(rate)),
    async () => {
      const { status } = await client.once({
        path: '/events',
        contentType: 'application/cloudevents+json',
        body: next(),
      });
      return { status, reason: '' };
    },
    ({ status, answerMs: took }) => {
      if (status === 201) answerMs.push(took);
      else refused += 1;
    },
  );
  answerMs.sort((one, other) => one - other);
  return {
    accepted: answerMs.length,
    refused,
    seconds,
    perSecond: answerMs.length / seconds,
    p50Ms: percentile(answerMs, 0.5),
    p99Ms: percentile(answerMs, 0.99),
  };
};
