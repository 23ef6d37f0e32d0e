import { loadCity } from '@city311/city';

import { randomOf } from '../generated/random.js';
import type { CloudEvent } from '../replay/case-event.js';
import { readFigures } from '../simulate/figures-file.js';
import { Residents } from '../simulate/resident.js';

/** Believable reports, each with an e-mail address that wants news, so that nothing of the way is left out. */
export const reportSource = (run: string): (() => CloudEvent) => {
  const residents = new Residents(loadCity('boston'), readFigures('boston'), randomOf(311), run);
  let count = 0;
  return () => {
    const event = residents.next(new Date());
    count += 1;
    const contact = { email: `resident-${count % 20_000}@example.org`, consent: true };
    // Nobody needs to look for the place: a report that lands in triage has no whole lifecycle.
    const location = event.data['location'] ?? { latitude: 42.3479, longitude: -71.0745 };
    return { ...event, data: { ...event.data, contact, location } };
  };
};
