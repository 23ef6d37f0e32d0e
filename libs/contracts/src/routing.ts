import type { CaseNumber, Districts, Instant, PublicEvent } from '@city311/kernel';

/** What routing decided, with its reasons: topic `city311.routing.case.v1`. */
export type RoutingEvent =
  | PublicEvent<'routing.RouteDecided.v1', RouteDecided>
  | PublicEvent<'routing.SentToTriage.v1', SentToTriage>
  | PublicEvent<'routing.FoundOutsideCity.v1', FoundOutsideCity>
  | PublicEvent<'routing.ImportedRouteNoted.v1', ImportedRouteNoted>;

export interface RouteDecided {
  readonly caseNumber: CaseNumber;
  readonly departmentId: string;
  readonly queue: string;
  readonly priority: 'low' | 'normal' | 'high' | 'emergency';
  readonly dueAt: Instant | null;
  readonly districts: Districts;
  readonly basis: 'rule' | 'operator';
  readonly explanation: readonly string[];
  readonly suggestedDuplicateOf?: CaseNumber;
  readonly ruleSetVersion: number;
  readonly decidedAt: Instant;
}

/** Not sure: a person must look. The case still gets the triage queue as its queue, so that it is in somebody's list. */
export interface SentToTriage {
  readonly caseNumber: CaseNumber;
  readonly reason: 'unknown-place' | 'unknown-service' | 'no-rule' | 'handed-back' | 'emergency-words';
  readonly departmentId: string;
  readonly queue: string;
  readonly dueAt: Instant | null;
  readonly districts: Districts;
  readonly explanation: readonly string[];
  readonly suggestedDuplicateOf?: CaseNumber;
  readonly decidedAt: Instant;
}

/** The place lies in no district of the city: refer, do not route. */
export interface FoundOutsideCity {
  readonly caseNumber: CaseNumber;
  readonly departmentId: string;
  readonly queue: string;
  readonly explanation: readonly string[];
  readonly decidedAt: Instant;
}

/** The older system's route stands as fact; `opinion` is what our rules would have said. */
export interface ImportedRouteNoted {
  readonly caseNumber: CaseNumber;
  readonly departmentId: string;
  readonly queue: string;
  readonly dueAt: Instant | null;
  readonly districts: Districts;
  readonly opinion: {
    readonly departmentId: string;
    readonly queue: string;
    readonly dueAt: Instant | null;
    readonly explanation: readonly string[];
  } | null;
  readonly decidedAt: Instant;
}
