import type { City } from '@city311/city';
import type { CaseCommand } from '@city311/domain-intake';
import type { CommandContext } from '@city311/eventing';
import type { CaseNumber } from '@city311/kernel';
import {
  faultsOf,
  problem,
  problemOf,
  roleKind,
  type Clock,
  type Fault,
  type Logger,
  type Problem,
} from '@city311/platform';
import type { ApiKey, Author, Vault } from '@city311/vault';

import type { CaseHandler } from '../cases/case-handler.js';
import type { CaseLookup } from '../cases/case-lookup.js';
import { checkReport, receiptKeyOf, type CheckedReport } from '../http/check-report.js';
import { readCloudEvent, toInstant, type CloudEvent } from '../http/cloud-event.js';
import {
  PhotoAddedDto,
  ReportCommentedDto,
  ReportReopenedDto,
  ReportWithdrawnDto,
} from '../http/report.dto.js';
import { caseStream, type ReportIntake } from './report-intake.js';
import { actingAs, dueAfterReopening, refusalProblem } from './reporter-actions.js';
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
  readonly cases: CaseHandler;
  readonly lookup: CaseLookup;
  readonly vault: Vault;
  readonly city: City;
  readonly clock: Clock;
  readonly logger: Logger;
}

const SUBMITTED = 'city311.report.submitted.v1';
const COMMENTED = 'city311.report.commented.v1';
const PHOTO_ADDED = 'city311.report.photo-added.v1';
const WITHDRAWN = 'city311.report.withdrawn.v1';
const REOPENED = 'city311.report.reopened.v1';
const types = [SUBMITTED, COMMENTED, PHOTO_ADDED, WITHDRAWN, REOPENED];

const refused = (id: string, answer: Problem): EventResult => ({
  id,
  status: answer.status,
  problem: answer,
});
const faulty = (id: string, faults: readonly Fault[]): EventResult =>
  refused(id, problem(400, 'invalid', 'The event has faults', { faults }).problem);

/** Takes CloudEvents of channel adapters, one result each, in order. Nothing of a refused event is written. */
export class EventIntake {
  constructor(private readonly ports: EventIntakePorts) {}

  async take(
    bodies: readonly unknown[],
    caller: ApiKey,
    idempotencyKey?: string,
  ): Promise<readonly EventResult[]> {
    const results = new Array<EventResult | undefined>(bodies.length);
    const reports: { readonly index: number; readonly id: string; readonly report: CheckedReport }[] = [];
    const actions: { readonly index: number; readonly event: CloudEvent }[] = [];
    bodies.forEach((body, index) => {
      const { event, faults } = readCloudEvent(body);
      const known = types.includes(event.type) || event.type === '';
      const all = known
        ? faults
        : [...faults, { path: 'type', message: `must be one of: ${types.join(', ')}` }];
      if (event.type !== SUBMITTED) {
        if (all.length > 0) results[index] = faulty(event.id, all);
        else actions.push({ index, event });
        return;
      }
      const checked = checkReport(event, caller, {
        city: this.ports.city,
        clock: this.ports.clock,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      });
      if ('report' in checked && all.length === 0)
        reports.push({ index, id: event.id, report: checked.report });
      else results[index] = faulty(event.id, [...all, ...checked.faults]);
    });
    const submitted = await this.ports.reports.submit(reports.map(({ report }) => report));
    reports.forEach(({ index, id }, at) => {
      const outcome = submitted[at];
      if (outcome !== undefined) results[index] = this.#answer(id, outcome);
    });
    await this.#act(actions, caller, results);
    return results.flatMap((result) => result ?? []);
  }

  #answer(id: string, submitted: Submitted): EventResult {
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
    actions: readonly { readonly index: number; readonly event: CloudEvent }[],
    caller: ApiKey,
    results: (EventResult | undefined)[],
  ): Promise<void> {
    const lines = new Map<string, Promise<void>>();
    for (const { index, event } of actions) {
      const data = event.data;
      const key =
        typeof data === 'object' && data !== null && 'caseNumber' in data ? String(data.caseNumber) : '';
      const before = lines.get(key) ?? Promise.resolve();
      lines.set(
        key,
        before.then(async () => {
          results[index] = await this.#actOn(event, caller);
        }),
      );
    }
    await Promise.all(lines.values());
  }

  async #actOn(event: CloudEvent, caller: ApiKey): Promise<EventResult> {
    try {
      const at = event.time ?? this.ports.clock.now().toISOString();
      const { caseNumber, command } = await this.#commandOf(event, caller, at);
      const handled = await this.ports.cases.handle(
        caseStream(caseNumber),
        command,
        this.#context(event, caller, caseNumber, at, command),
      );
      if (handled.outcome === 'refused') throw refusalProblem(handled.refusal);
      return { id: event.id, status: handled.events.length > 0 ? 201 : 200, caseNumber };
    } catch (error) {
      const answer = problemOf(error);
      if (answer.status >= 500) this.ports.logger.error({ err: error }, 'event failed');
      return refused(event.id, answer);
    }
  }

  #context(
    event: CloudEvent,
    caller: ApiKey,
    caseNumber: CaseNumber,
    time: string,
    command: CaseCommand,
  ): CommandContext {
    return {
      source: '/intake',
      subject: caseNumber,
      time,
      actor: `key:${caller.name}`,
      jurisdiction: this.ports.city.jurisdiction,
      imported: command.type === 'ReopenCase' && command.data.imported,
      correlationId: event.id,
    };
  }

  async #commandOf(
    event: CloudEvent,
    caller: ApiKey,
    at: string,
  ): Promise<{ caseNumber: CaseNumber; command: CaseCommand }> {
    const kind = roleKind(caller);
    const isStaff = kind === 'operator' || kind === 'importer';
    switch (event.type) {
      case COMMENTED: {
        const data = checked(faultsOf(ReportCommentedDto, event.data));
        const caseNumber = await this.ports.lookup.caseNumberOf(data.caseNumber);
        const author = await this.#author(caseNumber, data.contact);
        const text = await this.ports.vault.protectWritten(author, data.text);
        const commentId = receiptKeyOf(caller, event, undefined).slice(0, 22);
        const comment = {
          caseNumber,
          commentId,
          visibility: data.visibility ?? 'public',
          text,
          commentedAt: at,
        } as const;
        return {
          caseNumber,
          command: { type: 'AddComment', data: { ...comment, ...actingAs(isStaff, data.trackingSecret) } },
        };
      }
      case PHOTO_ADDED: {
        const data = checked(faultsOf(PhotoAddedDto, event.data));
        const caseNumber = await this.ports.lookup.caseNumberOf(data.caseNumber);
        const photo = { caseNumber, media: { kind: 'external', url: data.media.url }, addedAt: at } as const;
        return {
          caseNumber,
          command: { type: 'AddPhoto', data: { ...photo, ...actingAs(isStaff, data.trackingSecret) } },
        };
      }
      case WITHDRAWN: {
        const data = checked(faultsOf(ReportWithdrawnDto, event.data));
        const caseNumber = await this.ports.lookup.caseNumberOf(data.caseNumber);
        return {
          caseNumber,
          command: {
            type: 'WithdrawCase',
            data: { caseNumber, withdrawnAt: at, ...actingAs(isStaff, data.trackingSecret) },
          },
        };
      }
      case REOPENED:
        return this.#reopening(checked(faultsOf(ReportReopenedDto, event.data)), isStaff, at);
      default:
        throw new Error(`no action for ${event.type}`);
    }
  }

  async #reopening(
    data: ReportReopenedDto,
    isStaff: boolean,
    at: string,
  ): Promise<{ caseNumber: CaseNumber; command: CaseCommand }> {
    if (data.dueAt !== undefined && !isStaff) {
      throw problem(400, 'invalid', 'The event has faults', {
        faults: [{ path: 'data.dueAt', message: 'needs a key of role importer' }],
      });
    }
    const caseNumber = await this.ports.lookup.caseNumberOf(data.caseNumber);
    const { state, imported } = await this.ports.lookup.stateOf(caseNumber);
    const reason =
      data.reason === undefined
        ? undefined
        : await this.ports.vault.protectWritten(`case:${caseNumber}`, data.reason);
    const given = data.dueAt === undefined || data.dueAt === null ? data.dueAt : toInstant(data.dueAt);
    const dueAt = given === undefined ? dueAfterReopening(this.ports.city, state.serviceCode, at) : given;
    const reopening = {
      caseNumber,
      reopenedAt: at,
      dueAt,
      imported: imported && isStaff,
      ...(reason === undefined ? {} : { reason }),
    };
    return {
      caseNumber,
      command: { type: 'ReopenCase', data: { ...reopening, ...actingAs(isStaff, data.trackingSecret) } },
    };
  }

  async #author(caseNumber: CaseNumber, contact: ReportCommentedDto['contact']): Promise<Author> {
    if (contact === undefined || (contact.email === undefined && contact.phone === undefined))
      return `case:${caseNumber}`;
    const contactId = await this.ports.vault.rememberContact({
      ...contact,
      consent: contact.consent ?? false,
      language: 'en',
    });
    await this.ports.vault.noteCase(`contact:${contactId}`, caseNumber);
    return `contact:${contactId}`;
  }
}

const checked = <Shape>({
  value,
  faults,
}: {
  readonly value: Shape;
  readonly faults: readonly Fault[];
}): Shape => {
  if (faults.length === 0) return value;
  throw problem(400, 'invalid', 'The event has faults', {
    faults: faults.map(({ path, message }) => ({ path: path === '' ? 'data' : `data.${path}`, message })),
  });
};
