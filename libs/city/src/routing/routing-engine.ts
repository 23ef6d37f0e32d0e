import type { CaseNumber, Districts, Instant, Place } from '@city311/kernel';

import type { City, Priority, Service } from '../city.js';
import { metresBetween } from '../geo/lattice.js';

/** An open case close by, as routing's own view knows it. */
export interface OpenCaseNearby {
  readonly caseNumber: CaseNumber;
  readonly serviceCode: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly openedAt: Instant;
}

export interface RouteQuestion {
  readonly city: City;
  readonly serviceCode: string;
  /** As `City.locate` answers it. */
  readonly place: {
    readonly precision: Place['precision'];
    readonly latitude?: number;
    readonly longitude?: number;
    readonly districts: Districts;
    readonly outsideCity: boolean;
    readonly explanation: readonly string[];
  };
  readonly openedAt: Instant;
  readonly emergencyWords: readonly string[];
  /** Any open cases; those of another kind, too far or too old are passed over. */
  readonly openCasesNearby: readonly OpenCaseNearby[];
}

interface Desk {
  readonly departmentId: string;
  readonly queue: string;
  readonly explanation: readonly string[];
}

/** What the rules say; `explanation` holds sentences for staff and public, without house numbers or names. */
export type RouteAnswer =
  | (Desk & {
      readonly kind: 'decided';
      readonly priority: Priority;
      readonly dueAt: Instant | null;
      readonly districts: Districts;
      readonly suggestedDuplicateOf?: CaseNumber;
      readonly ruleSetVersion: number;
    })
  | (Desk & {
      readonly kind: 'triage';
      readonly reason: 'unknown-place' | 'unknown-service' | 'no-rule' | 'emergency-words';
      readonly dueAt: Instant | null;
      readonly districts: Districts;
      readonly suggestedDuplicateOf?: CaseNumber;
    })
  | (Desk & { readonly kind: 'outside' });

const hourMs = 3_600_000;

/**
 * The nearest open case that may be the same trouble: same service, within the service's radius, opened before
 * `openedAt` and not longer ago than the service allows; null where there is none or the place is not sharp.
 */
export const duplicateOf = (
  service: Service,
  { place, openedAt, openCasesNearby }: Pick<RouteQuestion, 'place' | 'openedAt' | 'openCasesNearby'>,
): { readonly caseNumber: CaseNumber; readonly metres: number } | null => {
  const { duplicate } = service;
  const { latitude, longitude, precision } = place;
  if (duplicate === null || latitude === undefined || longitude === undefined) return null;
  if (precision !== 'point' && precision !== 'address') return null;
  const openedMs = Date.parse(openedAt);
  let best: { caseNumber: CaseNumber; metres: number } | null = null;
  for (const other of openCasesNearby) {
    if (other.serviceCode !== service.code) continue;
    const metres = metresBetween({ latitude, longitude }, other);
    const ageMs = openedMs - Date.parse(other.openedAt);
    const near = metres <= duplicate.withinMetres && ageMs >= 0 && ageMs <= duplicate.withinHours * hourMs;
    if (near && (best === null || metres < best.metres)) best = { caseNumber: other.caseNumber, metres };
  }
  return best;
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const promise = ({ level }: Service): string => {
  switch (level.kind) {
    case 'hours':
      return `It is to be done within ${plural(level.hours, 'hour')}.`;
    case 'business-days':
      return `It is to be done within ${plural(level.days, 'business day')}.`;
    case 'none':
      return 'No date is promised for this service.';
  }
};

const layerName = (layer: string): string => layer.replace('pwd_', 'public works ').replaceAll('_', ' ');

/**
 * Department, queue, priority and due instant of a case by the city's rules, or the reason why a person must look.
 * Pure; the same question always has the same answer under one rule set version.
 */
export const decideRoute = (question: RouteQuestion): RouteAnswer => {
  const { city, place, openedAt, emergencyWords } = question;
  const { districts } = place;
  if (place.outsideCity) {
    return { kind: 'outside', ...city.triageQueue('outsideCity'), explanation: place.explanation };
  }
  const service = city.service(question.serviceCode);
  if (service === null) {
    return {
      kind: 'triage',
      reason: 'unknown-service',
      ...city.triageQueue('unknownService'),
      dueAt: null,
      districts,
      explanation: ['The kind of request is not in the catalogue; a person must look.', ...place.explanation],
    };
  }
  const dueAt = city.dueAt(openedAt, service);
  const twin = duplicateOf(service, question);
  const duplicate = twin === null ? {} : { suggestedDuplicateOf: twin.caseNumber };
  const sameTrouble =
    twin === null
      ? []
      : [`Case ${twin.caseNumber}, ${Math.round(twin.metres)} m away, is open for the same kind of trouble.`];
  const triage = (
    reason: 'unknown-place' | 'no-rule' | 'emergency-words',
    use: 'unknownPlace' | 'unknownService' | 'emergency',
    why: string,
  ): RouteAnswer => ({
    kind: 'triage',
    reason,
    ...city.triageQueue(use),
    dueAt,
    districts,
    ...duplicate,
    explanation: [why, ...place.explanation, ...sameTrouble],
  });

  if (emergencyWords.length > 0 && service.priority !== 'emergency') {
    const said = emergencyWords.map((word) => `"${word}"`).join(', ');
    return triage(
      'emergency-words',
      'emergency',
      `The report says ${said}: call ${city.emergencyNumber} if anybody is in danger. A person looks at it first.`,
    );
  }
  const rule = city.rule(service.rule);
  if (rule === null) return triage('no-rule', 'unknownService', 'No rule covers this kind of request.');

  const goesTo = `"${service.name}" is work of ${city.departmentName(rule.departmentId) ?? rule.departmentId}.`;
  const decided = (queue: string, which: readonly string[]): RouteAnswer => ({
    kind: 'decided',
    departmentId: rule.departmentId,
    queue,
    priority: service.priority,
    dueAt,
    districts,
    ...duplicate,
    ruleSetVersion: city.ruleSetVersion,
    explanation: [goesTo, ...place.explanation, ...which, promise(service), ...sameTrouble],
  });
  if (rule.queue.kind === 'fixed') return decided(rule.queue.name, []);

  const { layer, queues } = rule.queue;
  const district = districts[layer];
  if (district === undefined) {
    return triage('unknown-place', 'unknownPlace', `${goesTo} Which ${layerName(layer)} is not known.`);
  }
  const queue = queues.get(district);
  if (queue === undefined) {
    return triage('no-rule', 'unknownPlace', `No queue is set for ${layerName(layer)} ${district}.`);
  }
  return decided(queue, [`The place lies in ${layerName(layer)} ${district}.`]);
};
