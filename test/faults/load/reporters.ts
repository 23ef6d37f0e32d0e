import { setTimeout as pause } from 'node:timers/promises';

import type { City } from '@city311/city';

import { between, pick, type Random } from '../../generated/random.js';
import type { CloudEvent } from '../../replay/case-event.js';
import type { Answer } from '../../server/client.js';
import { itemsOf, membersOf, textOf } from '../../server/json.js';
import type { Figures } from '../../simulate/figures.js';
import { Residents } from '../../simulate/resident.js';
import { faultsSystem } from '../checks/answers.js';
import type { SentAction, SentReport, Told } from '../history.js';
import type { Doors } from './doors.js';

type Writable<Shape> = { -readonly [Member in keyof Shape]: Shape[Member] };
type OpenReport = Omit<SentReport, 'answers'> & {
  readonly event: CloudEvent;
  readonly answers: (Told | null)[];
};

const toldBy = (body: Readonly<Record<string, unknown>>, status: number): Told => ({
  status,
  caseNumber: textOf(body['caseNumber']),
  trackingSecret: textOf(body['trackingSecret']),
});

/** Statuses of a batch's items that are no final answers. */
const isOpen = (told: Told | null | undefined): boolean =>
  told === null || told === undefined || told.status >= 500;

/** One channel adapter: reports one by one and in batches, and comes back for what its reporters do later. */
export class Reporters {
  readonly reports: OpenReport[] = [];
  readonly actions: SentAction[] = [];
  readonly #residents: Residents;
  readonly #mine: { readonly caseNumber: string; readonly trackingSecret: string }[] = [];
  #count = 0;

  constructor(
    private readonly doors: Doors,
    private readonly random: Random,
    private readonly name: string,
    city: City,
    figures: Figures,
  ) {
    this.#residents = new Residents(city, figures, random, name);
  }

  /** Until `signal` says so; what was begun is brought to its final answer. */
  async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const dice = this.random();
      if (dice < 0.25) await this.#single();
      else if (dice < 0.45) await this.#batch(between(this.random, 2, 15));
      else if (dice < 0.55) await this.#again();
      else await this.#actLater(dice);
      await pause(between(this.random, 20, 100));
    }
  }

  async #single(): Promise<void> {
    const report = this.#next();
    await this.#sendSingle(report);
    this.#remember(report);
  }

  async #sendSingle(report: OpenReport): Promise<void> {
    await this.doors.ask(
      { path: '/events', body: report.event, contentType: 'application/cloudevents+json' },
      (answer) => report.answers.push(answer === null ? null : toldBy(membersOf(answer.body), answer.status)),
    );
  }

  async #batch(size: number): Promise<void> {
    const batch = Array.from({ length: size }, () => this.#next());
    while (batch.some(({ answers }) => isOpen(answers.at(-1)))) {
      await this.doors.ask(
        {
          path: '/events',
          body: batch.map(({ event }) => event),
          contentType: 'application/cloudevents-batch+json',
        },
        (answer) => note(batch, answer),
      );
    }
    for (const report of batch) this.#remember(report);
  }

  /** What was answered long ago is sent once more, or under the same id with another content. */
  async #again(): Promise<void> {
    if (this.reports.length === 0) return;
    const report = pick(this.random, this.reports);
    if (this.random() < 0.8) return this.#sendSingle(report);
    const event = {
      ...report.event,
      data: { ...report.event.data, description: 'Something else altogether.' },
    };
    await this.doors.ask(
      { path: '/events', body: event, contentType: 'application/cloudevents+json' },
      (answer) => {
        if (answer !== null) report.answers.push(toldBy(membersOf(answer.body), answer.status));
      },
    );
  }

  async #actLater(dice: number): Promise<void> {
    if (this.#mine.length === 0) return;
    const target = pick(this.random, this.#mine);
    if (dice < 0.75)
      return this.#act('comment', target, {
        text: `It is still there, call me at 617-555-01${between(this.random, 10, 99)}`,
      });
    if (dice < 0.84) return this.#act('withdrawal', target, {});
    const { body } = await this.doors.ask({ path: `/api/cases/${target.caseNumber}` });
    if (membersOf(body)['status'] === 'closed') await this.#act('reopening', target, { reason: 'Not done.' });
  }

  async #act(
    kind: SentAction['kind'],
    target: { readonly caseNumber: string; readonly trackingSecret: string },
    more: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const type = { comment: 'commented', withdrawal: 'withdrawn', reopening: 'reopened' }[kind];
    const event = {
      specversion: '1.0',
      id: this.#id(kind),
      source: `urn:faults:${this.name}`,
      type: `city311.report.${type}.v1`,
      time: new Date().toISOString(),
      data: { ...target, ...more },
    };
    const { status } = await this.doors.ask({
      path: '/events',
      body: event,
      contentType: 'application/cloudevents+json',
    });
    this.actions.push({ id: event.id, kind, caseNumber: target.caseNumber, at: event.time, status });
  }

  #id(kind: string): string {
    this.#count += 1;
    return `${this.name}-${kind}-${this.#count}`;
  }

  #next(): OpenReport {
    const made = this.#residents.next(new Date());
    const followed = this.random() < 0.6;
    const { contact: _contact, ...data } = made.data;
    const event = {
      ...made,
      data: {
        ...data,
        externalReferences: [{ system: faultsSystem, id: made.id }],
        ...(followed
          ? { contact: { email: `neighbor-${between(this.random, 1, 300)}@example.org`, consent: true } }
          : {}),
      },
    };
    const report: OpenReport = { id: made.id, event, followed, answers: [] };
    this.reports.push(report);
    return report;
  }

  #remember({ answers }: Writable<OpenReport>): void {
    const told = answers.at(-1);
    if (told === null || told === undefined || told.caseNumber === '' || told.trackingSecret === '') return;
    this.#mine.push({ caseNumber: told.caseNumber, trackingSecret: told.trackingSecret });
  }
}

/** Writes the answer to a batch down as one answer to each of its reports. */
const note = (batch: readonly OpenReport[], answer: Answer | null): void => {
  const results = answer === null ? [] : itemsOf(answer.body, 'results');
  batch.forEach(({ answers }, index) => {
    const result = results[index];
    answers.push(result === undefined ? null : toldBy(result, Number(result['status'])));
  });
};
