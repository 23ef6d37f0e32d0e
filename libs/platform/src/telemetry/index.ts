export { outsideOfTraces, traceEvents, type EventWork } from './event-spans.js';
export { beginRequest, type RequestSpan } from './request-spans.js';
export { tracedMessaging } from './traced-messaging.js';
export { tracedTimers } from './traced-timers.js';
export { startTracing, type Tracing, type TracingOptions } from './tracing.js';
