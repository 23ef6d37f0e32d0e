import autocannon from 'autocannon';

export interface LoadResult {
  readonly accepted: number;
  readonly refused: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Posts bodies over kept-alive connections for a while, at full speed or at a fixed rate. */
export const postFor = async (
  url: string,
  options: {
    readonly seconds: number;
    readonly connections: number;
    readonly key: string;
    readonly body: () => string;
    readonly rate?: number;
  },
): Promise<LoadResult> => {
  const run = await autocannon({
    url: `${url}/events`,
    connections: options.connections,
    duration: options.seconds,
    ...(options.rate === undefined ? {} : { overallRate: options.rate }),
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
