import type { City } from '@city311/city';
import type { View } from '@city311/read-models';

import type { RoutableCase } from '../views/routable-cases.view.js';
import { locateCase } from './find-route.js';
import type { OpenCases } from './open-cases.js';

/** Puts the view's open cases into the index, a few at a time, so that the process goes on serving meanwhile. */
export const refillOpenCases = async (
  view: View<RoutableCase>,
  openCases: OpenCases,
  city: City,
  signal: AbortSignal,
): Promise<void> => {
  const open = { status: { in: ['awaiting', 'triage', 'routed', 'linked'] } };
  for await (const doc of view.stream({ where: open })) {
    if (signal.aborted) return;
    // What was told since is newer than the view.
    if (openCases.hasHeardOf(doc.caseNumber)) continue;
    if (doc.isLinked) {
      openCases.follows(doc.caseNumber);
      continue;
    }
    const { latitude, longitude } = locateCase(city, doc.place);
    openCases.add({ ...doc, latitude, longitude });
  }
};
