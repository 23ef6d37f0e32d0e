import { hostname } from 'node:os';

import { context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

import type { Logger } from '../logging.js';

export interface TracingOptions {
  /** Base address of an OTLP/HTTP collector, `http://127.0.0.1:4318`; without one nothing is recorded or loaded. */
  readonly endpoint?: string;
  readonly serviceName: string;
  /** Which thread of the process this is. */
  readonly thread: string;
  /** Share of new traces that is recorded, 0 to 1; a trace begun elsewhere is recorded where it was said to be. */
  readonly ratio: number;
}

export interface Tracing {
  /** Sends what was recorded and not yet sent; gives up after a few seconds. */
  stop(): Promise<void>;
}

const stopWithinMs = 3_000;

/**
 * Traces of this thread, from now on: trace ids go from the request to the events it leads to, and from an event to
 * what it leads to. Once for each thread.
 */
export const startTracing = async (options: TracingOptions, logger: Logger): Promise<Tracing> => {
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  const exporting =
    options.endpoint === undefined ? null : await startExport(options, options.endpoint, logger);
  return {
    stop: async () => {
      await exporting?.stop();
      trace.disable();
      context.disable();
    },
  };
};

const startExport = async (
  { serviceName, thread, ratio }: TracingOptions,
  endpoint: string,
  logger: Logger,
): Promise<Tracing> => {
  const [sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  diag.setLogger(
    {
      error: (message) => logger.warn({ message }, 'traces could not be sent'),
      warn: () => undefined,
      info: () => undefined,
      debug: () => undefined,
      verbose: () => undefined,
    },
    DiagLogLevel.ERROR,
  );
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({
      'service.namespace': 'city311',
      'service.name': serviceName,
      'service.instance.id': `${hostname()}:${process.pid}`,
      'thread.name': thread,
    }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000, maxQueueSize: 8_192 }),
    ],
  });
  trace.setGlobalTracerProvider(provider);
  return {
    stop: async () => {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, stopWithinMs);
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
};
