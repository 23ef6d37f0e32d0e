import type { Districts, Instant, Place, Visibility } from '@city311/kernel';

import type { BusinessCalendar } from './levels/business-calendar.js';
import type { ServiceLevel } from './levels/service-level.js';
import type { GivenPlace, Location } from './place/locate.js';
import type { LocalClock } from './time/local-clock.js';

export type Priority = 'low' | 'normal' | 'high' | 'emergency';

export interface Question {
  readonly code: string;
  readonly description: string;
  readonly datatype: 'string' | 'number' | 'datetime' | 'text' | 'singlevaluelist' | 'multivaluelist';
  readonly required: boolean;
  /** Empty unless the datatype is a list. */
  readonly values: readonly { readonly key: string; readonly name: string }[];
}

/** One entry of the city's catalogue. */
export interface Service {
  /** `subject:reason:type` in Boston. */
  readonly code: string;
  readonly name: string;
  readonly subject: string;
  readonly reason: string;
  readonly type: string;
  readonly departmentId: string;
  readonly rule: string;
  /** Version of this definition, counted from 1. */
  readonly version: number;
  readonly level: ServiceLevel;
  readonly priority: Priority;
  readonly visibility: Visibility;
  /** The place is somebody's home: publish the block only. */
  readonly privatePlace: boolean;
  /** How near and how young an open case of the same kind must be to be the same trouble; null = never the same. */
  readonly duplicate: { readonly withinMetres: number; readonly withinHours: number } | null;
  /** Name of the trouble that it shares with other services, whose cases may be joined to its own; null where with none. */
  readonly trouble: string | null;
  readonly aliases: readonly string[];
  readonly keywords: readonly string[];
  readonly questions: readonly Question[];
}

export interface RoutingRule {
  readonly name: string;
  readonly departmentId: string;
  /** One queue for the whole city, or one for each district of a layer. */
  readonly queue:
    | { readonly kind: 'fixed'; readonly name: string }
    | { readonly kind: 'by-district'; readonly layer: string; readonly queues: ReadonlyMap<string, string> };
}

export type TriageUse = 'unknownPlace' | 'unknownService' | 'handedBack' | 'emergency' | 'outsideCity';

export interface MenuItem {
  readonly group: string;
  readonly name: string;
  readonly service: Service;
}

/** A city as the services see it: immutable, every reference checked at load. */
export interface City {
  readonly id: string;
  readonly name: string;
  readonly jurisdiction: string;
  /** Name under which imports carry the numbers of the system that came before; they stay the public's own. */
  readonly olderSystem: string | null;
  readonly timeZone: string;
  readonly languages: readonly string[];
  /** The city's source list: "Constituent Call" and so on. */
  readonly channels: readonly string[];
  readonly emergencyNumber: string;
  readonly clock: LocalClock;
  readonly calendar: BusinessCalendar;
  readonly services: readonly Service[];
  /** By code or by alias (REQPOTHL); null where there is none. */
  service(codeOrAlias: string): Service | null;
  /** Whether a case of one service may be joined to one of the other as its duplicate: the same service, or the same trouble. */
  mayJoin(code: string, otherCode: string): boolean;
  readonly departments: readonly { readonly id: string; readonly name: string }[];
  departmentName(id: string): string | null;
  /** Department that a queue belongs to; null for an unknown queue. */
  departmentOfQueue(queue: string): string | null;
  readonly queues: readonly string[];
  rule(name: string): RoutingRule | null;
  readonly ruleSetVersion: number;
  /** SHA-256 of all that decides a route: rules, queues, and each service's rule, level and priority. */
  readonly ruleSetDigest: string;
  readonly ruleCount: number;
  triageQueue(use: TriageUse): { readonly departmentId: string; readonly queue: string };
  /** What the public is offered: the lasting list, and the season's own where `at` falls into one. */
  menu(at: Instant): readonly MenuItem[];
  readonly highVolume: readonly Service[];
  /** Due instant of a service by its level; null where nothing is promised. */
  dueAt(openedAt: Instant, service: Service): Instant | null;
  /** Phrases in `text` that call for the emergency number, in any language; empty for nearly every text. */
  emergencyWordsIn(text: string): readonly string[];
  /** Labels of a point by layer (`fire_district`, `ward` '03', `precinct` '0504' …); null outside the city. */
  districtsAt(latitude: number, longitude: number): Districts | null;
  /** Where a given place is; never throws, never guesses. */
  locate(given: GivenPlace): Location;
  /** Five digits of a ZIP code as somebody wrote it; null where it could not be understood. */
  zipOf(written: string): string | null;
  /** "100 block of Main St"; null where the text names no street. */
  blockOf(address: string): string | null;
  /** What may be published of a private place: block, ZIP code, middle of the block. */
  publicPlace(given: GivenPlace): Place;
}
