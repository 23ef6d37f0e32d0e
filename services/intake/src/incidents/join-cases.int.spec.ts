import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { makeCaseNumber, type CaseCommand } from '@city311/domain-intake';
import type { EventStore } from '@city311/eventing';
import { streamName, type CaseNumber, type StreamName } from '@city311/kernel';

import { createCaseHandler } from '../cases/case-handler.js';
import {
  boston,
  importer,
  noon,
  openIntake,
  remove,
  submitted,
  tempFolder,
  type OpenIntake,
} from '../intake.spec-support.js';
import { JoinCases } from './join-cases.js';

const lamp = 'Public Works Department:Street Lights:Street Light Outages';
const envelope = {
  source: '/intake',
  time: noon,
  actor: 'key:desk',
  jurisdiction: boston.jurisdiction,
  imported: false,
  correlationId: 'c',
};

let folder: string;
let intake: OpenIntake;
let joining: JoinCases;

beforeEach(async () => {
  folder = await tempFolder();
  intake = await openIntake(folder);
  joining = new JoinCases(intake.cases, boston);
});
afterEach(async () => {
  await intake.close();
  await remove(folder);
});

const open = async (id: string, data: object = {}): Promise<CaseNumber> => {
  const [result] = await intake.events.take([submitted(id, data)], importer);
  return (result?.caseNumber ?? '') as CaseNumber;
};
const give = (caseNumber: CaseNumber, command: CaseCommand): Promise<unknown> =>
  intake.cases.handle(streamName('intake.case', caseNumber), command, { ...envelope, subject: caseNumber });
const join = (caseNumber: CaseNumber, parent: CaseNumber, by = joining) =>
  by.join({ caseNumber, parent, at: noon }, envelope);
const typesOf = async (caseNumber: CaseNumber): Promise<readonly string[]> =>
  (await intake.stored(caseNumber)).slice(1).map(({ type }) => type);
const withdraw = (caseNumber: CaseNumber): CaseCommand => ({
  type: 'WithdrawCase',
  data: { caseNumber, withdrawnAt: noon, by: 'staff' },
});

/** The log, with something that is done once, just before a stream is written. */
const meanwhile = (stream: StreamName, act: () => Promise<unknown>): EventStore => {
  let isDone = false;
  return {
    ...intake.store,
    append: async (to, events, expected) => {
      if (to === stream && !isDone) {
        isDone = true;
        await act();
      }
      return intake.store.append(to, events, expected);
    },
  };
};
const streamOf = (caseNumber: CaseNumber): StreamName => streamName('intake.case', caseNumber);

describe('Joining two cases', () => {
  it('writes the announcement to the parent and the link, at the announcement’s sequence, to the child', async () => {
    const [parent, child] = [await open('p'), await open('c')];
    expect(await join(child, parent)).toBeNull();
    expect(await typesOf(parent)).toEqual(['FollowerAnnounced']);
    expect((await intake.stored(child)).at(-1)).toMatchObject({
      type: 'CaseLinked',
      data: { parent, parentRevision: 1 },
    });
  });

  it('that are joined already writes nothing', async () => {
    const [parent, child] = [await open('p'), await open('c')];
    await join(child, parent);
    expect(await join(child, parent)).toBeNull();
    expect([await typesOf(parent), await typesOf(child)]).toEqual([['FollowerAnnounced'], ['CaseLinked']]);
  });

  it('says in the link whether the parent may be shown: by its own visibility and that of its service', async () => {
    const hidden = await open('h', { visibility: 'confidential' });
    const child = await open('c');
    await join(child, hidden);
    expect((await intake.stored(child)).at(-1)).toMatchObject({ data: { parentHidden: true } });
  });

  it.each<readonly [string, string, (child: CaseNumber, parent: CaseNumber) => Promise<unknown>]>([
    ['the child is withdrawn', 'case-withdrawn', (child) => give(child, withdraw(child))],
    ['the parent is withdrawn', 'case-withdrawn', (_, parent) => give(parent, withdraw(parent))],
    ['the child follows another', 'already-linked', async (child) => join(child, await open('o'))],
    ['the parent follows another', 'parent-is-linked', async (_, parent) => join(parent, await open('o'))],
    ['the parent follows the child', 'parent-is-linked', (child, parent) => join(parent, child)],
  ])('is refused where %s: %s', async (_, code, before) => {
    const [parent, child] = [await open('p'), await open('c')];
    await before(child, parent);
    const stood = [await typesOf(parent), await typesOf(child)];
    expect(await join(child, parent)).toMatchObject({ code });
    expect([await typesOf(parent), await typesOf(child)]).toEqual(stood);
  });

  it('is refused to itself, to no case, and to one of another trouble', async () => {
    const [child, other] = [await open('c'), await open('o', { serviceCode: lamp })];
    expect(await join(child, child)).toEqual({ code: 'own-parent' });
    expect(await join(child, makeCaseNumber(26_999_999_999))).toEqual({ code: 'not-opened' });
    expect(await join(makeCaseNumber(26_999_999_999), child)).toEqual({ code: 'not-opened' });
    expect(await join(child, other)).toEqual({ code: 'services-differ' });
    expect([await typesOf(child), await typesOf(other)]).toEqual([[], []]);
  });

  it('is refused to a parent that joins another between the look and the announcement', async () => {
    const [parent, child, third] = [await open('p'), await open('c'), await open('t')];
    const store = meanwhile(streamOf(parent), () => join(parent, third));
    const late = new JoinCases(createCaseHandler(store), boston);
    expect(await join(child, parent, late)).toEqual({ code: 'parent-is-linked', parent: third });
    expect(await typesOf(child)).toEqual([]);
  });

  it('is tried again where a follower joins the child between announcement and link', async () => {
    const [parent, child, third] = [await open('p'), await open('c'), await open('t')];
    const store = meanwhile(streamOf(child), () => join(third, child));
    const late = new JoinCases(createCaseHandler(store), boston);
    expect(await join(child, parent, late)).toBeNull();
    expect(await typesOf(parent)).toEqual(['FollowerAnnounced', 'FollowerAnnounced']);
    expect(await typesOf(child)).toEqual(['FollowerAnnounced', 'CaseLinked']);
  });

  it('of two that would each be the other’s parent joins one', async () => {
    const [one, other] = [await open('p'), await open('c')];
    const store = meanwhile(streamOf(one), () => join(other, one));
    const late = new JoinCases(createCaseHandler(store), boston);
    expect(await join(one, other, late)).toEqual({ code: 'parent-is-linked', parent: one });
    expect((await typesOf(one)).includes('CaseLinked')).toBe(false);
    expect((await typesOf(other)).at(-1)).toBe('CaseLinked');
  });

  it('is refused where the parent’s service changes before it is announced to', async () => {
    const [parent, child] = [await open('p'), await open('c')];
    const store = meanwhile(streamOf(parent), () =>
      give(parent, {
        type: 'ReclassifyCase',
        data: {
          caseNumber: parent,
          serviceCode: lamp,
          definitionVersion: 1,
          dueAt: null,
          reclassifiedAt: noon,
        },
      }),
    );
    const late = new JoinCases(createCaseHandler(store), boston);
    expect(await join(child, parent, late)).toEqual({ code: 'services-differ' });
    expect(await typesOf(child)).toEqual([]);
  });

  it('whose announcement was its last word before a crash can be given again, by anybody', async () => {
    const [parent, child, third] = [await open('p'), await open('c'), await open('t')];
    const crash = new Error('the process died');
    const store = meanwhile(streamOf(child), () => Promise.reject(crash));
    const dying = new JoinCases(createCaseHandler(store), boston);
    await expect(join(child, parent, dying)).rejects.toBe(crash);
    // Nobody follows the parent, so that it may be joined itself.
    expect(await join(parent, third)).toBeNull();
    expect(await join(child, third)).toBeNull();
  });

  it('gives up where it is overtaken again and again, and has linked nothing', async () => {
    const [parent, child] = [await open('p'), await open('c')];
    const { state } = await intake.cases.load(streamOf(child));
    if (state.status === 'not-opened') throw new Error('not opened');
    const { serviceCode } = state;
    let announced = 0;
    const store: EventStore = {
      ...intake.store,
      append: async (to, events, expected) => {
        if (to === streamOf(child)) {
          announced += 1;
          await give(child, {
            type: 'AnnounceFollower',
            data: {
              caseNumber: child,
              follower: parent,
              announcementId: `n-${announced}`,
              announcedAt: noon,
              serviceCode,
              mayJoin: true,
            },
          });
        }
        return intake.store.append(to, events, expected);
      },
    };
    const late = new JoinCases(createCaseHandler(store), boston);
    expect(await join(child, parent, late)).toEqual({ code: 'overtaken' });
    expect(announced).toBeGreaterThan(1);
    expect(new Set(await typesOf(child))).toEqual(new Set(['FollowerAnnounced']));
  });
});
