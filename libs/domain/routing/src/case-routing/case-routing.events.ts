import type { CaseNumber, Districts, DomainEvent, Instant } from '@city311/kernel';

export type CaseRoutingEvent =
  | RouteDecided
  | SentToTriage
  | FoundOutsideCity
  | ImportedRouteNoted
  | ReclassificationNoted
  | CloseNoted
  | ReopeningNoted;

/** A department, a queue and a due instant, with the reasons. */
export type RouteDecided = DomainEvent<
  'RouteDecided',
  {
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
>;

/** Not sure: a person must look. The case stands in the triage queue until then. */
export type SentToTriage = DomainEvent<
  'SentToTriage',
  {
    readonly caseNumber: CaseNumber;
    readonly reason: 'unknown-place' | 'unknown-service' | 'no-rule' | 'handed-back' | 'emergency-words';
    readonly departmentId: string;
    readonly queue: string;
    readonly dueAt: Instant | null;
    readonly districts: Districts;
    readonly explanation: readonly string[];
    readonly suggestedDuplicateOf?: CaseNumber;
    readonly decidedAt: Instant;
    /** Private: place in the Case stream of the hand-back that led to it. */
    readonly causedBySequence?: number;
  }
>;

/** The place lies in no district of the city: refer, do not route. */
export type FoundOutsideCity = DomainEvent<
  'FoundOutsideCity',
  {
    readonly caseNumber: CaseNumber;
    readonly departmentId: string;
    readonly queue: string;
    readonly explanation: readonly string[];
    readonly decidedAt: Instant;
  }
>;

/** The older system's route stands as fact; `opinion` is what our rules would have said. */
export type ImportedRouteNoted = DomainEvent<
  'ImportedRouteNoted',
  {
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
>;

/** Private: the case has another service now and wants a new decision. */
export type ReclassificationNoted = DomainEvent<
  'ReclassificationNoted',
  {
    readonly caseNumber: CaseNumber;
    readonly serviceCode: string;
    readonly definitionVersion: number;
    readonly reclassifiedAt: Instant;
    readonly causedBySequence: number;
  }
>;

/** Private: nothing is to be routed any more. */
export type CloseNoted = DomainEvent<
  'CloseNoted',
  { readonly caseNumber: CaseNumber; readonly closedAt: Instant }
>;

/** Private: the case lives again with the route that it had. */
export type ReopeningNoted = DomainEvent<
  'ReopeningNoted',
  { readonly caseNumber: CaseNumber; readonly reopenedAt: Instant }
>;
