import type { Client } from '../server/client.js';
import { membersOf, textOf } from '../server/json.js';

/** A pothole in the street, told by somebody who wants news. */
export const potholeReport = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  specversion: '1.0',
  id,
  source: 'urn:faults',
  type: 'city311.report.submitted.v1',
  data: {
    serviceCode: 'REQPOTHL',
    description: 'Deep hole in the right lane',
    location: { latitude: 42.3479, longitude: -71.0745 },
    contact: { email: `${id}@example.org`, consent: true },
    ...more,
  },
});

/** One try. */
export const post = async (
  client: Client,
  event: unknown,
): Promise<{ readonly status: number; readonly caseNumber: string }> => {
  const { status, body } = await client.once({
    path: '/events',
    body: event,
    contentType: 'application/cloudevents+json',
  });
  return { status, caseNumber: textOf(membersOf(body)['caseNumber']) };
};

/** Asks every 100 ms until it holds. @throws Error  it does not within `withinMs` */
export const until = async (what: string, holds: () => Promise<boolean>, withinMs: number): Promise<void> => {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
};
