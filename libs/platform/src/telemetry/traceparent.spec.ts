import { describe, expect, it } from '@jest/globals';
import { isSpanContextValid, ROOT_CONTEXT } from '@opentelemetry/api';

import { contextFrom, isSampled, newSpanContext, parseTraceparent } from './traceparent.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

describe('A traceparent', () => {
  it('names trace and span, and says whether they are recorded', () => {
    expect(parseTraceparent(`00-${traceId}-${spanId}-01`)).toEqual({
      traceId,
      spanId,
      traceFlags: 1,
      isRemote: true,
    });
    expect(parseTraceparent(`00-${traceId}-${spanId}-00`)).toMatchObject({ traceFlags: 0 });
  });

  it('of a later version may say more', () => {
    expect(parseTraceparent(`01-${traceId}-${spanId}-01-later`)).toMatchObject({ traceId });
  });

  it.each([
    ['nothing', ''],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['capitals', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['the forbidden version', `ff-${traceId}-${spanId}-01`],
    ['more than its version has', `00-${traceId}-${spanId}-01-x`],
    ['another text', "' or 1=1 --"],
  ])('is passed over where it is %s', (_, given) => {
    expect(parseTraceparent(given)).toBeNull();
    expect(contextFrom(given)).toBe(ROOT_CONTEXT);
  });

  it('tells by its last digit whether it is recorded', () => {
    expect(isSampled(`00-${traceId}-${spanId}-01`)).toBe(true);
    expect(isSampled(`00-${traceId}-${spanId}-03`)).toBe(true);
    expect(isSampled(`00-${traceId}-${spanId}-00`)).toBe(false);
    expect(isSampled('00-1')).toBe(false);
    expect(isSampled(undefined)).toBe(false);
  });
});

describe('A new trace', () => {
  it('has ids of the right form, never twice the same, and is not recorded', () => {
    const seen = new Set<string>();
    for (let count = 0; count < 1_000; count += 1) {
      const made = newSpanContext();
      expect(isSpanContextValid(made)).toBe(true);
      expect(made.traceFlags).toBe(0);
      seen.add(made.traceId).add(made.spanId);
    }
    expect(seen.size).toBe(2_000);
  });
});
