import type { CaseEvent } from '@city311/contracts';
import type { CaseNumber, ProtectedText } from '@city311/kernel';
import fc from 'fast-check';

/* Histories of cases as the Case topic tells them, for specs. */

type Types = CaseEvent['type'] extends `intake.${infer Name}.v1` ? Name : never;
type EventOf<Name extends Types> = Extract<CaseEvent, { type: `intake.${Name}.v1` }>;
export type DataOf<Name extends Types> = Omit<EventOf<Name>['data'], 'caseNumber'>;

export const caseNumber = '260000000014' as CaseNumber;
export const parent = '260000000022' as CaseNumber;

/** Minute `n` of a day; the opening is at 0. */
export const minute = (n: number): string => new Date(Date.UTC(2026, 6, 1, 12, n)).toISOString();

export const textOf = (author: string, words = 'd29yZHM'): ProtectedText =>
  `p1.${author}.${words}` as ProtectedText;

const opening: DataOf<'CaseOpened'> = {
  jurisdiction: 'boston',
  serviceCode: 'Public Works Department:Street Lights:Street Light Outages',
  definitionVersion: 1,
  language: 'en',
  visibility: 'public',
  answers: [],
  place: { precision: 'unknown' },
  channel: 'Self Service',
  adapter: 'web',
  externalReferences: [],
  media: [],
  emergencyWords: [],
  openedAt: minute(0),
};

/** The events of one case's stream, each told in turn. */
export class Story {
  readonly events: CaseEvent[] = [];

  constructor(
    readonly number: CaseNumber = caseNumber,
    private readonly imported = false,
  ) {}

  tell<Name extends Types>(name: Name, time: string, data: DataOf<Name>): this {
    const sequence = this.events.length;
    const event = {
      id: `${this.number}-${sequence}`,
      type: `intake.${name}.v1`,
      source: '/intake',
      subject: this.number,
      time,
      stream: `intake.case-${this.number}`,
      sequence,
      recordedTime: time,
      actor: 'policy:example',
      jurisdiction: 'boston',
      imported: this.imported,
      correlationId: 'c',
      data: { ...data, caseNumber: this.number },
    };
    // Name and data belong together by this method's own signature, which the union does not show.
    this.events.push(event as unknown as CaseEvent);
    return this;
  }

  open(change: Partial<DataOf<'CaseOpened'>> = {}): this {
    const data = { ...opening, ...change };
    return this.tell('CaseOpened', data.openedAt, data);
  }

  route(at: number, change: Partial<DataOf<'CaseRouted'>> = {}): this {
    return this.tell('CaseRouted', minute(at), {
      serviceCode: opening.serviceCode,
      departmentId: 'PWDx',
      queue: 'PWDx_Lights',
      priority: 'normal',
      dueAt: minute(60),
      districts: { neighborhood: 'Roxbury', ward: '12' },
      basis: 'rule',
      explanation: [],
      routedAt: minute(at),
      ...change,
    });
  }

  close(at: number, change: Partial<DataOf<'CaseClosed'>> = {}): this {
    return this.tell('CaseClosed', minute(at), {
      outcome: 'resolved',
      outcomeLabel: 'Case Resolved',
      media: [],
      closedAt: minute(at),
      onTime: true,
      ...change,
    });
  }

  reopen(at: number, dueAt: string | null = null): this {
    return this.tell('CaseReopened', minute(at), { reopenedAt: minute(at), dueAt });
  }

  withdraw(at: number): this {
    return this.tell('CaseWithdrawn', minute(at), { withdrawnAt: minute(at) });
  }

  erase(at: number, author: string): this {
    return this.tell('SubjectErased', minute(at), { author, erasedAt: minute(at) });
  }
}

const steps = [
  'route',
  'triage',
  'reclassify',
  'hand-back',
  'link',
  'unlink',
  'refer',
  'outside',
  'work',
  'close',
  'reopen',
  'withdraw',
  'comment',
  'erase',
] as const;

interface Step {
  readonly kind: (typeof steps)[number];
  readonly gap: number;
  readonly department: string;
  readonly neighborhood: string;
  readonly dueIn: number | null;
  readonly author: string;
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...steps),
  gap: fc.nat(40),
  department: fc.constantFrom('PWDx', 'BTDT', 'INFO'),
  neighborhood: fc.constantFrom('Roxbury', 'Back Bay'),
  dueIn: fc.option(fc.integer({ min: -10, max: 120 })),
  author: fc.constantFrom('k1', 'k2'),
});

/** What the Case itself would let happen next; the rest of the steps is passed over. */
const follow = (story: Story, given: readonly Step[], start: number): void => {
  let at = start;
  let status: 'open' | 'closed' | 'withdrawn' = 'open';
  let dueAt: string | null = null;
  for (const { kind, gap, department, neighborhood, dueIn, author } of given) {
    if (status === 'withdrawn') return;
    const isOpen = status === 'open';
    if (isOpen !== (kind !== 'reopen') && kind !== 'comment' && kind !== 'erase') continue;
    at += gap;
    const now = minute(at);
    const due = dueIn === null ? null : minute(at + dueIn);
    switch (kind) {
      case 'route':
      case 'triage': {
        dueAt = due;
        const basis = kind === 'triage' ? 'triage' : 'rule';
        const queue = `${department}_${basis}`;
        story.route(at, { departmentId: department, queue, basis, dueAt, districts: { neighborhood } });
        break;
      }
      case 'reclassify':
        dueAt = due;
        story.tell('CaseReclassified', now, {
          serviceCode: `of ${department}`,
          definitionVersion: 1,
          dueAt,
          reclassifiedAt: now,
        });
        break;
      case 'hand-back':
        story.tell('CaseReturnedToTriage', now, { fromDepartmentId: department, returnedAt: now });
        break;
      case 'link':
        story.tell('CaseLinked', now, { parent, linkedAt: now });
        break;
      case 'unlink':
        story.tell('CaseUnlinked', now, { parent, unlinkedAt: now });
        break;
      case 'refer':
        story.tell('CaseReferred', now, { agency: 'MBTA', referredAt: now });
        break;
      case 'outside': {
        const outsideCity = { departmentId: 'INFO', queue: 'INFO_Referrals', explanation: [] };
        story.tell('CaseReferred', now, { agency: 'Next town', referredAt: now, outsideCity });
        break;
      }
      case 'work':
        story.tell('WorkStarted', now, { workOrderId: `${story.number}-1`, startedAt: now });
        break;
      case 'close':
        status = 'closed';
        story.close(at, { onTime: dueAt === null || now <= dueAt, text: textOf(author) });
        break;
      case 'reopen':
        status = 'open';
        dueAt = due;
        story.reopen(at, dueAt);
        break;
      case 'withdraw':
        status = 'withdrawn';
        story.withdraw(at);
        break;
      case 'comment':
        story.tell('CommentAdded', now, {
          commentId: `m-${at}`,
          visibility: 'public',
          text: textOf(author),
          commentedAt: now,
        });
        break;
      case 'erase':
        story.erase(at, author);
        break;
    }
  }
};

/** Any case: live, or imported with its facts, and then perhaps closed twice or before it was opened. */
export const anyStory = (number: CaseNumber = caseNumber): fc.Arbitrary<Story> =>
  fc
    .record({
      opened: fc.nat(200),
      visibility: fc.constantFrom('public', 'staff', 'confidential'),
      channel: fc.constantFrom('Self Service', 'Constituent Call'),
      imported: fc.boolean(),
      early: fc.option(fc.nat(50)),
      again: fc.option(fc.nat(50)),
      given: fc.array(anyStep, { maxLength: 14 }),
    })
    .map(({ opened, visibility, channel, imported, early, again, given }) => {
      const story = new Story(number, imported);
      const openedAt = minute(opened);
      const facts = { departmentId: 'PWDx', queue: 'PWDx_old', dueAt: minute(opened + 30) };
      const description = textOf('k1');
      story.open({ openedAt, visibility, channel, description, ...(imported ? { imported: facts } : {}) });
      if (imported && early !== null) {
        story.close(opened - early);
        if (again !== null) story.close(opened + again, { onTime: false, outcome: 'noted' });
        story.reopen(opened + (again ?? 0), minute(opened + 90));
      }
      follow(story, given, opened + (again ?? 0));
      return story;
    });
