import type { FastifyInstance, FastifyRequest } from 'fastify';

import { beginRequest, type RequestSpan } from '@city311/platform';

/** Asked every few seconds by machines: nobody wants to find them among the traces. */
const untraced = /^\/(health|metrics)/;

/**
 * Every request is in a trace: the one that its `traceparent` names, or a new one. What it leads to, events and log
 * lines among it, carries that on.
 */
export const traceRequests = (fastify: FastifyInstance): void => {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  const within = (request: FastifyRequest, go: () => void): void => {
    const span = spans.get(request);
    if (span === undefined) go();
    else span.run(go);
  };
  fastify.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    if (!untraced.test(route)) {
      const { traceparent } = request.headers;
      spans.set(
        request,
        beginRequest(request.method, route, typeof traceparent === 'string' ? traceparent : undefined),
      );
    }
    within(request, done);
  });
  // The body arrives by events of the connection, which belong to no request.
  fastify.addHook('preValidation', (request, _reply, done) => {
    within(request, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    spans.get(request)?.end(reply.statusCode);
    done();
  });
};
