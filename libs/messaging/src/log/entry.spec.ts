import { describe, expect, it } from '@jest/globals';

import type { Position, RecordedEvent } from '@city311/kernel';
import { newTestEvent } from '@city311/testing';

import { createTranslator } from './entry.js';

const stored = (type: string): RecordedEvent => ({
  ...newTestEvent({}, { type }),
  stream: 'test.case-1',
  sequence: 0,
  recordedTime: '2026-01-05T08:00:00.000Z',
  position: '1' as Position,
});

describe('The translator', () => {
  let calls = 0;
  const translate = createTranslator([
    {
      topic: 't',
      category: 'test.case',
      translate: (event) => {
        calls += 1;
        if (event.type === 'test.Unknown.v1') throw new Error('unknown');
        return event.type === 'test.Private.v1' ? null : { ...event, type: 'test.Public.v1' };
      },
    },
  ]);

  it('translates an event once for all its readers', () => {
    const event = stored('test.Some.v1');
    calls = 0;
    expect(translate(event).event?.type).toBe('test.Public.v1');
    expect(translate(event)).toBe(translate(event));
    expect(calls).toBe(1);
  });

  it('tells a private event from an unreadable one', () => {
    expect(translate(stored('test.Private.v1'))).toMatchObject({ event: null, unreadable: null });
    expect(translate(stored('test.Unknown.v1')).unreadable?.error).toEqual(new Error('unknown'));
  });
});
