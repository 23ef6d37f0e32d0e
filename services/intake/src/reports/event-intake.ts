import type { City } from '@city311/city';
import {
  faultsOfBatch,
  problem,
  problemOf,
  type Clock,
  type Fault,
  type Logger,
  type Problem,
} from '@city311/platform';
import { turns, type ApiKey } from '@city311/vault';

import { actionTypes, checkAction, isActionType } from '../http/check-action.js';
import { checkReport, type CheckedReport, type CheckOptions } from '../http/check-report.js';
import { readCloudEvent } from '../http/cloud-event.js';
import type { CaseAction, CaseActions } from './case-actions.js';
import type { ReportIntake } from './report-intake.js';
import type { Submitted } from './submitted-report.js';

/** What became of one CloudEvent; `status` is what it would have been answered with alone. */
export interface EventResult {
  readonly id: string;
  readonly status: number;
  readonly caseNumber?: string;
  readonly trackingSecret?: string;
  /** What the reporter must be told now: "Call 911 …". */
  readonly notice?: string;
  readonly problem?: Problem;
}

export interface EventIntakePorts {
  readonly reports: ReportIntake;
  readonly actions: CaseActions;
  readonly city: City;
  readonly clock: Clock;
  readonly logger: Logger;
}

const SUBMITTED = 'city311.report.submitted.v1';
const types = [SUBMITTED, ...actionTypes];

const refused = (id: string, answer: Problem): EventResult => ({
  id,
  status: answer.status,
  problem: answer,
});
const faulty = (id: string, faults: readonly Fault[]): EventResult =>
  refused(id, problem(400, 'invalid', 'The event has faults', { faults }).problem);

type Checked =
  | { readonly kind: 'report'; readonly report: CheckedReport }
  | { readonly kind: 'action'; readonly action: CaseAction }
  | { readonly kind: 'faulty'; readonly faults: readonly Fault[] };

/** What a door adds to the events that it takes. */
export type HowTaken = Pick<CheckOptions, 'idempotencyKey' | 'keepsUndeclared'>;

/** Takes CloudEvents of channel adapters, one result each, in order. Nothing of a refused event is written. */
export class EventIntake {
  constructor(private readonly ports: EventIntakePorts) {}

  /** Reports are taken first, together; then what is said about cases, each case's in order. */
  async take(
    bodies: readonly unknown[],
    caller: ApiKey,
    how: HowTaken = {},
  ): Promise<readonly EventResult[]> {
    const results = new Array<EventResult | undefined>(bodies.length);
    const reports: { readonly index: number; readonly id: string; readonly report: CheckedReport }[] = [];
    const actions: { readonly index: number; readonly id: string; readonly action: CaseAction }[] = [];
    for (const [index, body] of bodies.entries()) {
      // A batch may be 500 of the worst that can be written.
      if (index > 0) await turns.next();
      const { id, checked } = this.#check(body, caller, how);
      if (checked.kind === 'report') reports.push({ index, id, report: checked.report });
      else if (checked.kind === 'action') actions.push({ index, id, action: checked.action });
      else results[index] = faulty(id, checked.faults);
    }
    const submitted = await this.ports.reports.submit(reports.map(({ report }) => report));
    reports.forEach(({ index, id }, at) => {
      const outcome = submitted[at];
      if (outcome !== undefined) results[index] = this.#answer(id, outcome);
    });
    await this.#act(actions, results);
    const telling = faultsOfBatch();
    return results.flatMap((result) =>
      result?.problem === undefined ? (result ?? []) : { ...result, problem: telling(result.problem) },
    );
  }

  /** What is wrong with an event, without taking it; null where nothing is. */
  check(body: unknown, caller: ApiKey, how: HowTaken = {}): Problem | null {
    const { id, checked } = this.#check(body, caller, how);
    return checked.kind === 'faulty' ? (faulty(id, checked.faults).problem ?? null) : null;
  }

  #check(body: unknown, caller: ApiKey, asked: HowTaken): { readonly id: string; readonly checked: Checked } {
    const { city, clock } = this.ports;
    const { event, faults } = readCloudEvent(body);
    const { id, type } = event;
    const how = { city, clock, ...asked };
    const told = (more: readonly Fault[]): { readonly id: string; readonly checked: Checked } => ({
      id,
      checked: { kind: 'faulty', faults: [...faults, ...more] },
    });
    if (type === SUBMITTED) {
      const checked = checkReport(event, caller, how);
      return 'report' in checked && faults.length === 0
        ? { id, checked: { kind: 'report', report: checked.report } }
        : told(checked.faults);
    }
    if (isActionType(type)) {
      const checked = checkAction({ ...event, type }, caller, how);
      return 'action' in checked && faults.length === 0
        ? { id, checked: { kind: 'action', action: checked.action } }
        : told(checked.faults);
    }
    // A type that is missing was told already.
    return told(type === '' ? [] : [{ path: 'type', message: `must be one of: ${types.join(', ')}` }]);
  }

  #answer(id: string, submitted: Submitted): EventResult {
    if (submitted.outcome === 'failed') return this.#failed(id, submitted.error);
    if (submitted.outcome === 'reference-taken') {
      const path = `data.externalReferences.${submitted.index}.id`;
      const taken = problem(409, 'reference-taken', "Another case bears this system's id already", {
        faults: [{ path, message: 'is the id of another case' }],
      });
      return refused(id, taken.problem);
    }
    const { caseNumber } = submitted;
    if (submitted.outcome === 'different-body') {
      const other = problem(409, 'different-body', 'This event was sent before with another content', {
        caseNumber,
      });
      return { ...refused(id, other.problem), caseNumber };
    }
    const { trackingSecret, emergencyWords } = submitted;
    const number = this.ports.city.emergencyNumber;
    return {
      id,
      status: submitted.outcome === 'opened' ? 201 : 200,
      caseNumber,
      ...(trackingSecret === null ? {} : { trackingSecret }),
      ...(emergencyWords.length === 0
        ? {}
        : { notice: `If anyone is in danger, call ${number} now. Your report was taken as well.` }),
    };
  }

  /** Events of one case one after the other, cases side by side. */
  async #act(
    actions: readonly { readonly index: number; readonly id: string; readonly action: CaseAction }[],
    results: (EventResult | undefined)[],
  ): Promise<void> {
    const lines = new Map<string, Promise<void>>();
    for (const { index, id, action } of actions) {
      const before = lines.get(action.caseNumber) ?? Promise.resolve();
      lines.set(
        action.caseNumber,
        before.then(async () => {
          // Five hundred that are refused wait for nothing else.
          await turns.next();
          results[index] = await this.#actOn(id, action);
        }),
      );
    }
    await Promise.all(lines.values());
  }

  async #actOn(id: string, action: CaseAction): Promise<EventResult> {
    try {
      const { caseNumber, isNew } = await this.ports.actions.act(action);
      return { id, status: isNew ? 201 : 200, caseNumber };
    } catch (error) {
      return this.#failed(id, error);
    }
  }

  #failed(id: string, error: unknown): EventResult {
    const answer = problemOf(error);
    if (answer.status >= 500) this.ports.logger.error({ err: error }, 'event failed');
    return refused(id, answer);
  }
}
