import { startTracing, type Logger, type Tracing } from '@city311/platform';

import type { Config } from './config.js';

/** Traces of one of the process's threads, as the settings say. */
export const traceThread = (
  config: Config,
  thread: 'http' | 'background',
  logger: Logger,
): Promise<Tracing> => {
  const {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_SERVICE_NAME: name,
    OTEL_TRACES_SAMPLER_ARG: ratio,
  } = config;
  return startTracing(
    {
      serviceName: name ?? `city311-${config.TARGET}`,
      thread,
      ratio,
      ...(endpoint === undefined ? {} : { endpoint }),
    },
    logger,
  );
};
