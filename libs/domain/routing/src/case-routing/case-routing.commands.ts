import type { CaseNumber, Command, Districts, Instant } from '@city311/kernel';

import type {
  FoundOutsideCity,
  ImportedRouteNoted,
  RouteDecided,
  SentToTriage,
} from './case-routing.events.js';

export type CaseRoutingCommand =
  DecideRoute | OverrideRoute | NoteReclassified | NoteHandedBack | NoteClosed | NoteReopened;

/** What the rule engine found for a located case; the caller has looked everything up. */
export type RouteFinding =
  | ({ readonly kind: 'decided' } & Omit<RouteDecided['data'], 'caseNumber' | 'basis' | 'decidedAt'>)
  | ({ readonly kind: 'triage' } & Omit<SentToTriage['data'], 'caseNumber' | 'decidedAt'>)
  | ({ readonly kind: 'outside' } & Omit<FoundOutsideCity['data'], 'caseNumber' | 'decidedAt'>)
  | ({ readonly kind: 'imported' } & Omit<ImportedRouteNoted['data'], 'caseNumber' | 'decidedAt'>);

export type DecideRoute = Command<
  'DecideRoute',
  { readonly caseNumber: CaseNumber; readonly finding: RouteFinding; readonly decidedAt: Instant }
>;

/** An operator names the department, from triage or against an earlier decision. */
export type OverrideRoute = Command<
  'OverrideRoute',
  {
    readonly caseNumber: CaseNumber;
    readonly departmentId: string;
    readonly queue: string;
    readonly priority: 'low' | 'normal' | 'high' | 'emergency';
    readonly dueAt: Instant | null;
    readonly districts: Districts;
    readonly explanation: readonly string[];
    readonly ruleSetVersion: number;
    readonly decidedAt: Instant;
    /** The case was referred away after it was routed, of which routing keeps no event: the same route is news then. */
    readonly referredSince: boolean;
  }
>;

export type NoteReclassified = Command<
  'NoteReclassified',
  {
    readonly caseNumber: CaseNumber;
    readonly serviceCode: string;
    readonly definitionVersion: number;
    readonly reclassifiedAt: Instant;
    /** Place of the news in the Case stream: told again after a crash, it changes nothing. */
    readonly causedBySequence: number;
  }
>;

/** A department handed the case back: it goes to the triage desk named here. */
export type NoteHandedBack = Command<
  'NoteHandedBack',
  {
    readonly caseNumber: CaseNumber;
    readonly fromDepartmentId: string;
    readonly triage: Omit<SentToTriage['data'], 'caseNumber' | 'reason' | 'decidedAt' | 'causedBySequence'>;
    readonly handedBackAt: Instant;
    /** As above: an operator may have given the case back to the same department since. */
    readonly causedBySequence: number;
  }
>;

export type NoteClosed = Command<
  'NoteClosed',
  { readonly caseNumber: CaseNumber; readonly closedAt: Instant }
>;

export type NoteReopened = Command<
  'NoteReopened',
  { readonly caseNumber: CaseNumber; readonly reopenedAt: Instant }
>;
