import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { incidentDecider } from '@city311/domain-intake';
import { createCommandHandler, newEventId, type EventStore } from '@city311/eventing';
import { streamName, type CaseNumber } from '@city311/kernel';

import { incidentCodec } from '../case.codec.js';
import { createCaseHandler, type CaseHandler } from '../cases/case-handler.js';
import { FollowParent } from '../incidents/follow-parent.js';
import { JoinCases } from '../incidents/join-cases.js';
import {
  boston,
  channel,
  noon,
  openIntake,
  remove,
  submitted,
  tempFolder,
  type OpenIntake,
} from '../intake.spec-support.js';
import { IncidentsConsumer } from './incidents.consumer.js';

const crowd = 200;
const envelope = {
  source: '/intake',
  time: noon,
  actor: 'key:desk',
  jurisdiction: boston.jurisdiction,
  imported: false,
  correlationId: 'c',
};

describe(`A case that ${crowd} others follow`, () => {
  let folder: string;
  let intake: OpenIntake;
  let cases: CaseHandler;
  let incidents: IncidentsConsumer;
  let eventsRead = 0;
  let [calls, mostCalls] = [0, 0];
  let parent: CaseNumber;
  let followers: readonly CaseNumber[];

  /** Counts what is read of the log, and how many calls run at once. */
  const counted = (store: EventStore): EventStore => ({
    ...store,
    readStream: async (stream, from) => {
      calls += 1;
      mostCalls = Math.max(mostCalls, calls);
      const events = await store.readStream(stream, from);
      calls -= 1;
      eventsRead += events.length;
      return events;
    },
  });

  beforeEach(async () => {
    folder = await tempFolder();
    intake = await openIntake(folder);
    const store = counted(intake.store);
    cases = createCaseHandler(store);
    incidents = new IncidentsConsumer(
      cases,
      createCommandHandler(store, incidentDecider, incidentCodec),
      new FollowParent(cases, boston),
      boston,
    );
    const reports = Array.from({ length: crowd + 1 }, (_, n) => submitted(`r-${n}`));
    const opened = await intake.events.take(reports, channel);
    const [first, ...others] = opened.map(({ caseNumber }) => caseNumber as CaseNumber);
    if (first === undefined) throw new Error('nothing was opened');
    [parent, followers] = [first, others];
    const joining = new JoinCases(cases, boston);
    for (const caseNumber of followers) {
      expect(await joining.join({ caseNumber, parent, at: noon }, envelope)).toBeNull();
      await hear(caseNumber);
    }
  }, 60_000);
  afterEach(async () => {
    await intake.close();
    await remove(folder);
  });

  /** Gives the consumer the newest event of the case. */
  const hear = async (caseNumber: CaseNumber): Promise<unknown> => {
    const event = (await intake.published(caseNumber)).at(-1);
    return event && incidents.onCase(event);
  };
  const closeParent = async (): Promise<void> => {
    const data = {
      outcome: 'resolved',
      outcomeLabel: '',
      media: [],
      closedAt: noon,
      imported: false,
    } as const;
    await cases.handle(
      streamName('intake.case', parent),
      { type: 'CloseCase', data: { caseNumber: parent, ...data } },
      { ...envelope, subject: parent },
    );
  };
  const lastOf = async (caseNumber: CaseNumber) => (await intake.stored(caseNumber)).at(-1)?.type;

  it('closes them all, reading a few events for each of them and not its own long history again', async () => {
    await closeParent();
    [eventsRead, mostCalls] = [0, 0];
    await hear(parent);
    for (const follower of followers) expect(await lastOf(follower)).toBe('CaseClosed');
    expect(eventsRead).toBeLessThan(10 * crowd);
    expect(mostCalls).toBeLessThanOrEqual(40);
  }, 60_000);

  it('closes all others where one cannot be read, and fails then, so that it is tried again', async () => {
    const [broken, ...sound] = followers;
    if (broken === undefined) throw new Error('nobody follows');
    const unknown = {
      id: newEventId(),
      type: 'intake.CaseTeleported.v1',
      source: '/beside',
      subject: broken,
      time: noon,
      actor: 'key:beside',
      jurisdiction: boston.jurisdiction,
      imported: false,
      correlationId: 'beside',
      data: null,
    };
    await intake.store.append(streamName('intake.case', broken), [unknown], 'any');
    await closeParent();
    expect(await hear(parent)).toHaveProperty('error');
    for (const follower of sound) expect(await lastOf(follower)).toBe('CaseClosed');
  }, 60_000);
});
