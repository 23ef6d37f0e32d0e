import { decideRoute, type City, type Location, type RouteAnswer } from '@city311/city';
import type { RouteFinding } from '@city311/domain-routing';
import type { Instant, Place } from '@city311/kernel';

import type { OpenCases } from './open-cases.js';

/** What a route hangs on; the same for a case just opened and for one that is routed anew. */
export interface CaseToRoute {
  readonly caseNumber: string;
  readonly serviceCode: string;
  readonly openedAt: Instant;
  readonly place: Place;
  readonly emergencyWords: readonly string[];
}

/**
 * Where the case is. A block is looked up by its name, since its point may be a kilometre off; districts that such a
 * case came with are believed, for they were found before the place was blurred. A sharp place has the districts of
 * our own grid, whatever an older system thought.
 */
export const locateCase = (city: City, place: Place): Location => {
  const { latitude, longitude, address, street, zip, districts } = place;
  const words = { address, street, zip };
  const location = city.locate(place.precision === 'block' ? words : { latitude, longitude, ...words });
  const sharp = location.precision === 'point' || location.precision === 'address';
  if (
    (sharp && place.precision !== 'block') ||
    districts === undefined ||
    Object.keys(districts).length === 0
  ) {
    return location;
  }
  return { ...location, districts: { ...location.districts, ...districts }, outsideCity: false };
};

/** What the rules say to the case, with the rule set version that stands. */
export const findRoute = (
  city: City,
  openCases: OpenCases | null,
  { caseNumber, serviceCode, openedAt, place, emergencyWords }: CaseToRoute,
  ruleSetVersion: number,
): { readonly answer: RouteAnswer; readonly location: Location } => {
  const location = locateCase(city, place);
  const { latitude, longitude } = location;
  const answer = decideRoute({
    city,
    serviceCode,
    place: location,
    openedAt,
    emergencyWords,
    openCasesNearby: openCases?.near({ caseNumber, serviceCode, latitude, longitude, openedAt }) ?? [],
  });
  return { answer: answer.kind === 'decided' ? { ...answer, ruleSetVersion } : answer, location };
};

/** The older system's route as a fact, our rules' answer beside it. */
export const importedFinding = (
  facts: { readonly departmentId: string; readonly queue: string; readonly dueAt: Instant | null },
  place: Place,
  answer: RouteAnswer,
): RouteFinding => ({
  kind: 'imported',
  departmentId: facts.departmentId,
  queue: facts.queue,
  dueAt: facts.dueAt,
  districts: place.districts ?? {},
  opinion: {
    departmentId: answer.departmentId,
    queue: answer.queue,
    dueAt: answer.kind === 'outside' ? null : answer.dueAt,
    explanation: answer.explanation,
  },
});
