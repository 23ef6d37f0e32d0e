import type { NewEvent } from '@city311/eventing';

let made = 0;

/** An event with fixed particulars; ids count up, so that two test events never share one. */
export const newTestEvent = (data: unknown = {}, particulars: Partial<NewEvent> = {}): NewEvent => {
  made += 1;
  return {
    id: `01890000-0000-7000-8000-${String(made).padStart(12, '0')}`,
    type: 'test.ThingHappened.v1',
    source: '/tests',
    subject: '260000012340',
    time: '2026-01-05T08:00:00.000Z',
    actor: 'key:tests',
    jurisdiction: 'boston',
    imported: false,
    correlationId: 'correlation-1',
    data,
    ...particulars,
  };
};
