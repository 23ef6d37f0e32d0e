import { accept, assertNever, refuse } from '@city311/kernel';
import type { Decider, Decision, Instant } from '@city311/kernel';

import type {
  CaseRoutingCommand,
  DecideRoute,
  NoteClosed,
  NoteHandedBack,
  NoteReclassified,
  NoteReopened,
  OverrideRoute,
} from './case-routing.commands.js';
import type { CaseRoutingEvent } from './case-routing.events.js';
import { evolve, initialState } from './case-routing.state.js';
import type { CaseRouting } from './case-routing.state.js';

export type CaseRoutingRefusal =
  | { readonly code: 'already-routed'; readonly departmentId: string; readonly queue: string }
  | { readonly code: 'awaiting-operator'; readonly queue: string }
  | { readonly code: 'found-outside-city' }
  | { readonly code: 'not-decided-yet' }
  | { readonly code: 'case-closed'; readonly closedAt: Instant };

type Answer = Decision<CaseRoutingEvent, CaseRoutingRefusal>;

const recordFinding = ({ caseNumber, finding, decidedAt }: DecideRoute['data']): CaseRoutingEvent => {
  switch (finding.kind) {
    case 'decided': {
      const { kind: _, ...route } = finding;
      return { type: 'RouteDecided', data: { caseNumber, ...route, basis: 'rule', decidedAt } };
    }
    case 'triage': {
      const { kind: _, ...triage } = finding;
      return { type: 'SentToTriage', data: { caseNumber, ...triage, decidedAt } };
    }
    case 'outside': {
      const { kind: _, ...outside } = finding;
      return { type: 'FoundOutsideCity', data: { caseNumber, ...outside, decidedAt } };
    }
    case 'imported': {
      const { kind: _, ...route } = finding;
      return { type: 'ImportedRouteNoted', data: { caseNumber, ...route, decidedAt } };
    }
    default:
      return assertNever(finding);
  }
};

const decideRoute = ({ data }: DecideRoute, state: CaseRouting): Answer => {
  const { finding } = data;
  switch (state.status) {
    case 'awaiting-route':
    case 'reclassified':
      return accept(recordFinding(data));
    case 'routed': {
      const { departmentId, queue } = state;
      const same =
        (finding.kind === 'decided' || finding.kind === 'imported') &&
        finding.departmentId === departmentId &&
        finding.queue === queue;
      return same ? accept() : refuse({ code: 'already-routed', departmentId, queue });
    }
    case 'in-triage':
      return finding.kind === 'triage' ? accept() : refuse({ code: 'awaiting-operator', queue: state.queue });
    case 'outside-city':
      return finding.kind === 'outside' ? accept() : refuse({ code: 'found-outside-city' });
    case 'closed':
      return refuse({ code: 'case-closed', closedAt: state.closedAt });
    default:
      return assertNever(state);
  }
};

const overrideRoute = ({ data }: OverrideRoute, state: CaseRouting): Answer => {
  const { referredSince, ...route } = data;
  const decided: Answer = accept({ type: 'RouteDecided', data: { ...route, basis: 'operator' } });
  switch (state.status) {
    case 'awaiting-route':
      return refuse({ code: 'not-decided-yet' });
    case 'closed':
      return refuse({ code: 'case-closed', closedAt: state.closedAt });
    case 'routed':
      return !referredSince &&
        state.departmentId === data.departmentId &&
        state.queue === data.queue &&
        state.priority === data.priority &&
        state.dueAt === data.dueAt
        ? accept()
        : decided;
    case 'reclassified':
    case 'in-triage':
    case 'outside-city':
      return decided;
    default:
      return assertNever(state);
  }
};

const noteReclassified = ({ data }: NoteReclassified, state: CaseRouting): Answer => {
  if (data.causedBySequence <= state.heard) return accept();
  if (state.status === 'closed') return refuse({ code: 'case-closed', closedAt: state.closedAt });
  const known =
    state.status === 'reclassified' &&
    state.serviceCode === data.serviceCode &&
    state.definitionVersion === data.definitionVersion;
  return known ? accept() : accept({ type: 'ReclassificationNoted', data });
};

const noteHandedBack = ({ data }: NoteHandedBack, state: CaseRouting): Answer => {
  if (data.causedBySequence <= state.heard) return accept();
  switch (state.status) {
    case 'routed': {
      const { caseNumber, fromDepartmentId, triage, handedBackAt, causedBySequence } = data;
      // An operator may have sent it elsewhere since: then the hand-back of the former department is old news.
      return state.departmentId === fromDepartmentId
        ? accept({
            type: 'SentToTriage',
            data: { caseNumber, ...triage, reason: 'handed-back', decidedAt: handedBackAt, causedBySequence },
          })
        : accept();
    }
    case 'in-triage':
    case 'outside-city':
    case 'reclassified':
      return accept();
    case 'awaiting-route':
      return refuse({ code: 'not-decided-yet' });
    case 'closed':
      return refuse({ code: 'case-closed', closedAt: state.closedAt });
    default:
      return assertNever(state);
  }
};

const noteClosed = ({ data }: NoteClosed, state: CaseRouting): Answer =>
  state.status === 'closed' ? accept() : accept({ type: 'CloseNoted', data });

const noteReopened = ({ data }: NoteReopened, state: CaseRouting): Answer =>
  state.status === 'closed' ? accept({ type: 'ReopeningNoted', data }) : accept();

export const decide = (command: CaseRoutingCommand, state: CaseRouting): Answer => {
  switch (command.type) {
    case 'DecideRoute':
      return decideRoute(command, state);
    case 'OverrideRoute':
      return overrideRoute(command, state);
    case 'NoteReclassified':
      return noteReclassified(command, state);
    case 'NoteHandedBack':
      return noteHandedBack(command, state);
    case 'NoteClosed':
      return noteClosed(command, state);
    case 'NoteReopened':
      return noteReopened(command, state);
    default:
      return assertNever(command);
  }
};

/** One case's routing; stream `routing.case-<case number>`. */
export const caseRouting: Decider<CaseRouting, CaseRoutingCommand, CaseRoutingEvent, CaseRoutingRefusal> = {
  initialState,
  decide,
  evolve,
};
