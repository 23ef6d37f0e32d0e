import { context, SpanKind, trace, type Context, type Span } from '@opentelemetry/api';

import { beginSpan } from './spans.js';
import { contextFrom } from './traceparent.js';

/** One HTTP request on its way through the process. */
export interface RequestSpan {
  /** What `work` starts belongs to the request's trace. */
  run(work: () => void): void;
  end(status: number): void;
}

class StartedRequest implements RequestSpan {
  readonly #context: Context;

  constructor(
    private readonly span: Span,
    parent: Context,
  ) {
    this.#context = trace.setSpan(parent, span);
  }

  run(work: () => void): void {
    context.with(this.#context, work);
  }

  end(status: number): void {
    this.span.setAttribute('http.response.status_code', status);
    if (status >= 500) this.span.setAttribute('error.type', String(status));
    this.span.end();
  }
}

/** @param route  the pattern, never the address: that may hold what a person typed */
export const beginRequest = (method: string, route: string, traceparent: string | undefined): RequestSpan => {
  const parent = contextFrom(traceparent);
  const attributes = { 'http.request.method': method, 'http.route': route };
  return new StartedRequest(
    beginSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent),
    parent,
  );
};
