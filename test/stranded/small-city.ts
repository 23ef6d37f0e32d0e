import 'reflect-metadata';

import { loadCity } from '@city311/city';
import { standingOf, type Breach, type CaseEvent } from '@city311/contracts';
import {
  CaseWork,
  createWorkOrderHandler,
  departmentNewsTypes,
  onBehalf,
  workOrderStream,
  workOrderTopicSource,
} from '@city311/departments';
import type { WorkOrderCommand } from '@city311/domain-departments';
import { makeCaseNumber, type CaseCommand, type CaseRefusal } from '@city311/domain-intake';
import type { CommandContext } from '@city311/eventing';
import {
  caseTopicSource,
  createCaseHandler,
  createIncidentHandler,
  FollowParent,
  IncidentsConsumer,
  JoinCases,
  RoutingConsumer,
  WorkOrdersConsumer,
} from '@city311/intake';
import {
  streamName,
  TransientError,
  type CaseNumber,
  type PublicEvent,
  type RecordedEvent,
} from '@city311/kernel';
import type { TopicSource } from '@city311/messaging';
import {
  CaseRouter,
  createCaseRoutingHandler,
  KnownCases,
  OpenCases,
  routedTypes,
  RoutingHistory,
  routingStream,
  routingTopicSource,
  RuleSets,
} from '@city311/routing';

import { randomOf } from '../generated/random.js';
import { breachesIn } from './in-log.js';
import { BrokenLogError, MemoryLog } from './memory-log.js';

export const boston = loadCity('boston');

const opensAt = Date.parse('2026-06-01T16:00:00.000Z');
const place = { latitude: 42.3339, longitude: -71.0805 };

/** A consumer's place in the events of one case; those of different cases come in no order. */
interface Place {
  at: number;
  busy: Promise<boolean>;
}

interface Follower {
  readonly source: TopicSource;
  readonly types: ReadonlySet<string>;
  readonly take: (event: PublicEvent) => Promise<unknown>;
  readonly places: Map<string, Place>;
}

/** Every service's policies over one log, without HTTP, views or notices; the test says who moves when. */
export class SmallCity {
  readonly log: MemoryLog;
  readonly numbers: CaseNumber[] = [];
  readonly followers: readonly Follower[];
  readonly #cases;
  readonly #orders;
  readonly #routing;
  readonly #joining: JoinCases;
  #minute = 0;

  constructor(seed: number) {
    this.log = new MemoryLog(randomOf(seed));
    const { store } = this.log;
    this.#cases = createCaseHandler(store);
    this.#orders = createWorkOrderHandler(store);
    this.#routing = createCaseRoutingHandler(store);
    this.#joining = new JoinCases(this.#cases, boston);
    const clock = { now: () => new Date(this.now()) };
    const noView = {
      getMany: () => Promise.resolve(new Map()),
      caughtUp: () => Promise.resolve(true),
    };
    const router = new CaseRouter({
      city: boston,
      clock,
      handler: this.#routing,
      history: new RoutingHistory(store),
      openCases: new OpenCases(boston),
      knownCases: new KnownCases(noView, { head: () => Promise.resolve(null) }),
      ruleSets: new RuleSets(store, boston, clock),
    });
    const work = new CaseWork(store, this.#orders);
    const [onRouting, onWork] = [new RoutingConsumer(this.#cases), new WorkOrdersConsumer(this.#cases)];
    const incidents = new IncidentsConsumer(
      this.#cases,
      createIncidentHandler(store),
      new FollowParent(this.#cases, boston),
      boston,
    );
    this.followers = [
      follower(caseTopicSource, routedTypes, (event) => router.follow([event])),
      follower(routingTopicSource, null, (event) => onRouting.onRouting(event)),
      follower(caseTopicSource, departmentNewsTypes, (event) => work.follow([event])),
      follower(workOrderTopicSource, null, (event) => onWork.onWorkOrder(event)),
      follower(caseTopicSource, null, (event) => incidents.onCase(event)),
    ];
  }

  now(): string {
    return new Date(opensAt + this.#minute * 60_000).toISOString();
  }

  /** By a clock that is wrong by so many minutes. */
  nowBy(minutes: number): string {
    return new Date(opensAt + (this.#minute + minutes) * 60_000).toISOString();
  }

  /** @param located  false: nobody knows where, so that a person must look */
  async open(
    serviceCode: string,
    located: boolean,
    visibility: 'public' | 'confidential',
    imported = false,
  ): Promise<void> {
    this.#minute += 1;
    const caseNumber = makeCaseNumber(26_000_000_001 + this.numbers.length);
    this.numbers.push(caseNumber);
    const at = this.now();
    await this.give(
      caseNumber,
      {
        type: 'OpenCase',
        data: {
          caseNumber,
          jurisdiction: boston.jurisdiction,
          serviceCode,
          definitionVersion: 1,
          language: 'en',
          visibility,
          answers: [],
          place: located ? { precision: 'point', ...place } : { precision: 'unknown' },
          channel: 'Self Service',
          adapter: 'web',
          externalReferences: [],
          media: [],
          emergencyWords: [],
          openedAt: at,
          trackingHash: null,
          ...(imported ? { imported: { departmentId: 'PWDx', queue: 'PWDx_Older queue', dueAt: null } } : {}),
        },
      },
      imported,
    );
  }

  /** @param imported  as an older system tells it */
  async give(caseNumber: CaseNumber, command: CaseCommand, imported = false): Promise<CaseRefusal | null> {
    this.#minute += 1;
    const context = { ...this.#context(), imported, subject: caseNumber };
    const handled = await this.#cases.handle(streamName('intake.case', caseNumber), command, context);
    return handled.outcome === 'refused' ? handled.refusal : null;
  }

  join(caseNumber: CaseNumber, parent: CaseNumber): Promise<CaseRefusal | null> {
    this.#minute += 1;
    return this.#joining.join({ caseNumber, parent, at: this.now() }, this.#context());
  }

  /** As cases were linked once: without a word to the parent, so that links could chain and go round. */
  async linkAsBefore(caseNumber: CaseNumber, parent: CaseNumber): Promise<void> {
    const { state } = await this.#cases.load(streamName('intake.case', caseNumber));
    if (state.status === 'not-opened') return;
    const seen = { announcement: state.announcement, serviceCode: state.serviceCode };
    await this.give(caseNumber, {
      type: 'LinkCase',
      data: { caseNumber, parent, parentRevision: -1, linkedAt: this.now(), seen },
    });
  }

  /** Of the case's newest order; nothing where it has none. */
  async work(caseNumber: CaseNumber, command: WorkOrderCommand): Promise<void> {
    this.#minute += 1;
    const last = this.#streams('departments.workorder').findLast((name) => name.includes(caseNumber));
    if (last === undefined) return;
    const id = last.slice(last.indexOf('-') + 1);
    const context = { ...this.#context(), subject: caseNumber };
    await this.#orders.handle(workOrderStream(id), onBehalf(null, command), context);
  }

  async routeByHand(caseNumber: CaseNumber, departmentId: string, queue: string): Promise<void> {
    this.#minute += 1;
    await this.#routing.handle(
      routingStream(caseNumber),
      {
        type: 'OverrideRoute',
        data: {
          caseNumber,
          departmentId,
          queue,
          priority: 'normal',
          dueAt: null,
          districts: {},
          explanation: [],
          ruleSetVersion: 1,
          decidedAt: this.now(),
          referredSince: standingOf(this.published(caseNumber))?.with === 'referred',
        },
      },
      { ...this.#context(), subject: caseNumber },
    );
  }

  /**
   * One consumer takes what lies next of one case, at most `most` events; false where nothing did. Where the log fails it,
   * the event stays, as a parked one does, and those of the case behind it.
   */
  pump(which: number, index: number, most: number): Promise<boolean> {
    const one = this.followers[which % this.followers.length];
    const caseNumber = this.numbers[index % this.numbers.length];
    if (one === undefined || caseNumber === undefined) return Promise.resolve(false);
    const place = placeOf(one, caseNumber);
    // A case is with one member of the group at a time.
    const pumped = place.busy.then(() => this.#take(one, place, caseNumber, most));
    place.busy = pumped.catch(() => false);
    return pumped;
  }

  async #take(one: Follower, place: Place, caseNumber: string, most: number): Promise<boolean> {
    const own = (): readonly RecordedEvent[] => this.log.ofSubject(one.source.category, caseNumber);
    if (place.at >= own().length) return false;
    for (let left = most; left > 0; left -= 1) {
      const { at } = place;
      const stored = own()[at];
      if (stored === undefined) break;
      const event = one.source.translate(stored);
      if (event !== null && (one.types.size === 0 || one.types.has(event.type)))
        if (!(await taken(one, event))) return true;
      // Nobody has set it back meanwhile.
      if (place.at === at) place.at += 1;
    }
    return true;
  }

  /** It died before its checkpoint was written: what it took last of a case comes again. */
  rewind(which: number, index: number, by: number): void {
    const one = this.followers[which % this.followers.length];
    const caseNumber = this.numbers[index % this.numbers.length];
    if (one === undefined || caseNumber === undefined) return;
    const place = placeOf(one, caseNumber);
    place.at = Math.max(0, place.at - by);
  }

  async rest(): Promise<void> {
    this.log.calm();
    for (let rounds = 0; rounds < 2_000; rounds += 1) {
      const moved = await Promise.all(
        this.followers.flatMap((_, which) => this.numbers.map((__, index) => this.pump(which, index, 3))),
      );
      if (moved.every((one) => !one)) return;
    }
    throw new Error('the services do not come to rest');
  }

  breaches(): readonly Breach[] {
    return breachesIn(this.log.events, boston);
  }

  parentOf(caseNumber: CaseNumber): string | null {
    return standingOf(this.published(caseNumber))?.parent ?? null;
  }

  published(caseNumber: CaseNumber): readonly CaseEvent[] {
    return this.#told<CaseEvent>(streamName('intake.case', caseNumber), caseTopicSource);
  }

  /** For a test that fails: what happened, in order. */
  story(): string {
    return this.log.events
      .map(({ stream, sequence, type, data }) => `${stream}@${sequence} ${type} ${JSON.stringify(data)}`)
      .join('\n');
  }

  #told<Event extends PublicEvent>(stream: string, source: TopicSource): readonly Event[] {
    return this.log.events.flatMap((event) =>
      event.stream === stream ? ((source.translate(event) as Event | null) ?? []) : [],
    );
  }

  #streams(category: string): readonly string[] {
    return [...new Set(this.log.events.map(({ stream }) => stream))].filter((stream) =>
      stream.startsWith(`${category}-`),
    );
  }

  #context(): Omit<CommandContext, 'subject'> {
    return {
      source: '/test',
      time: this.now(),
      actor: 'key:desk',
      jurisdiction: boston.jurisdiction,
      imported: false,
      correlationId: 'c',
    };
  }
}

const follower = (
  source: TopicSource,
  types: readonly string[] | null,
  take: Follower['take'],
): Follower => ({ source, types: new Set(types ?? []), take, places: new Map() });

const placeOf = ({ places }: Follower, caseNumber: string): Place => {
  const place = places.get(caseNumber) ?? { at: 0, busy: Promise.resolve(false) };
  places.set(caseNumber, place);
  return place;
};

const tries = 5;

/**
 * As a consumer does it: again where the handler asks for it, and an error where it would park.
 * @returns false where the log failed it
 */
const taken = async (one: Follower, event: PublicEvent): Promise<boolean> => {
  for (let tried = 1; ; tried += 1) {
    const error = await one.take(event).then(
      (outcome) =>
        typeof outcome === 'object' && outcome !== null && 'error' in outcome ? outcome.error : null,
      (thrown: unknown) => thrown,
    );
    if (error === null) return true;
    if (error instanceof BrokenLogError) return false;
    if (!(error instanceof TransientError) || tried === tries)
      throw new Error(`${event.stream}@${event.sequence} would be parked`, { cause: error });
  }
};
