import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { foldCase, foldCaseAsOf, isOnTime, type CaseEvent, type CaseView } from '@city311/contracts';

import { anyStory, caseNumber, minute, parent, Story, textOf } from './case-stories.examples.js';
import { serviceRequestsProjection, type Revealed } from './service-requests.projection.js';
import { standingAsOf, type Standing } from './service-requests.query.js';
import type { PublicText, ServiceRequestDoc } from './service-requests.view.js';

type Told = CaseEvent & Revealed;

const project = (events: Iterable<Told>): ServiceRequestDoc => {
  let doc: ServiceRequestDoc | null = null;
  for (const event of events) doc = serviceRequestsProjection.apply(doc, event);
  if (doc === null) throw new Error('no case');
  return doc;
};

const words = (keyId: string): PublicText => ({ words: `words of ${keyId}`, keyId });

/** What the vault still tells: everything but the texts of those who are erased. */
const revealed = (events: readonly CaseEvent[], erased: readonly string[]): readonly Told[] => {
  const clear = (text: string | undefined): PublicText | undefined => {
    const keyId = text?.split('.')[1] ?? '';
    return text === undefined || erased.includes(keyId) ? undefined : words(keyId);
  };
  return events.map((event) => {
    const description = event.type === 'intake.CaseOpened.v1' ? clear(event.data.description) : undefined;
    const text = event.type === 'intake.CaseClosed.v1' ? clear(event.data.text) : undefined;
    return {
      ...event,
      revealed: { ...(description && { description }), ...(text && { text }) },
    };
  });
};

const states = (doc: ServiceRequestDoc): readonly unknown[] =>
  doc.history.map(({ from, to, values }) => [from, to, values.state]);

const settings = { seed: 311, numRuns: 400 };

describe('A service request', () => {
  it('opens with what was reported, and without the exact place', () => {
    const place = {
      precision: 'block',
      address: '10-18 Warren St',
      exact: textOf('k1'),
      districts: { ward: '12' },
    } as const;
    const doc = project(
      new Story().open({ place, media: [{ kind: 'external', url: 'https://example.org/p.jpg' }] }).events,
    );
    expect(doc).toMatchObject({
      caseNumber,
      status: 'open',
      dueAt: null,
      departmentId: null,
      place: { precision: 'block', address: '10-18 Warren St' },
      districts: { ward: '12' },
      photo: 'https://example.org/p.jpg',
    });
    expect(JSON.stringify(doc)).not.toContain('p1.k1');
  });

  it('shows several photos as one cell, stored ones by their own address', () => {
    const media = [
      { kind: 'stored', sha256: 'abc', contentType: 'image/jpeg' },
      { kind: 'external', url: 'https://example.org/p.jpg' },
    ] as const;
    expect(project(new Story().open({ media }).events).photo).toBe('/media/abc | https://example.org/p.jpg');
  });

  it('takes department, queue, districts and due date from its route', () => {
    expect(project(new Story().open().route(1).events)).toMatchObject({
      departmentId: 'PWDx',
      queue: 'PWDx_Lights',
      dueAt: minute(60),
      districts: { neighborhood: 'Roxbury', ward: '12' },
    });
  });

  it('keeps an older system’s districts when it is routed', () => {
    const place = { precision: 'unknown', districts: { ward: 'Ward 9' } } as const;
    expect(project(new Story(caseNumber, true).open({ place }).route(1).events).districts).toEqual({
      ward: 'Ward 9',
    });
  });

  it('keeps every route in its history', () => {
    const doc = project(
      new Story()
        .open()
        .route(1)
        .route(5, { departmentId: 'BTDT', dueAt: minute(90) }).events,
    );
    expect(doc.history.map(({ from, to, values }) => [from, to, values.department, values.dueAt])).toEqual([
      [minute(0), minute(1), null, null],
      [minute(1), minute(5), 'PWDx', minute(60)],
      [minute(5), null, 'BTDT', minute(90)],
    ]);
  });

  it('is with nobody once its department hands it back', () => {
    const story = new Story().open().route(1);
    story.tell('CaseReturnedToTriage', minute(4), { fromDepartmentId: 'PWDx', returnedAt: minute(4) });
    expect(project(story.events)).toMatchObject({ departmentId: null, queue: null, dueAt: minute(60) });
  });

  it('takes service and due date from a new classification', () => {
    const story = new Story().open().route(1);
    story.tell('CaseReclassified', minute(4), {
      serviceCode: 'other',
      definitionVersion: 2,
      dueAt: null,
      reclassifiedAt: minute(4),
    });
    expect(project(story.events)).toMatchObject({ serviceCode: 'other', dueAt: null });
  });

  it('is linked to a parent and freed again', () => {
    const story = new Story().open().tell('CaseLinked', minute(1), { parent, linkedAt: minute(1) });
    expect(project(story.events).parent).toBe(parent);
    story.tell('CaseUnlinked', minute(2), { parent, unlinkedAt: minute(2) });
    expect(project(story.events).parent).toBeNull();
  });

  it('is with the referring desk where its place is outside the city, else stays where it is', () => {
    const story = new Story().open().route(1);
    story.tell('CaseReferred', minute(2), { agency: 'MBTA', referredAt: minute(2) });
    expect(project(story.events).departmentId).toBe('PWDx');
    const outsideCity = { departmentId: 'INFO', queue: 'INFO_Referrals', explanation: [] };
    story.tell('CaseReferred', minute(3), { agency: 'x', referredAt: minute(3), outsideCity });
    expect(project(story.events)).toMatchObject({ departmentId: 'INFO', queue: 'INFO_Referrals' });
  });

  it('is moved by the steps of the work, comments and photos in nothing but its last change', () => {
    const story = new Story().open().route(1);
    const { updatedAt: _, ...before } = project(story.events);
    const work = { workOrderId: `${caseNumber}-1` };
    story
      .tell('WorkScheduled', minute(2), { ...work, scheduledFor: minute(9), scheduledAt: minute(2) })
      .tell('WorkStarted', minute(3), { ...work, startedAt: minute(3) })
      .tell('WorkPaused', minute(4), { ...work, reason: 'rain', pausedAt: minute(4) })
      .tell('WorkResumed', minute(5), { ...work, resumedAt: minute(5) })
      .tell('CommentAdded', minute(6), { commentId: 'm', visibility: 'internal', commentedAt: minute(6) })
      .tell('PhotoAdded', minute(7), { media: { kind: 'external', url: 'https://x/y' }, addedAt: minute(7) });
    expect(project(story.events)).toEqual({ ...before, updatedAt: minute(7) });
  });

  it('ends with its close', () => {
    const story = new Story().open().route(1);
    story.close(70, { onTime: false, media: [{ kind: 'external', url: 'https://x/done.jpg' }], stamp: '' });
    const doc = project(story.events);
    expect(doc).toMatchObject({ status: 'closed', dueAt: minute(60) });
    expect(doc.closings).toEqual([
      {
        closedAt: minute(70),
        onTime: false,
        outcome: 'resolved',
        outcomeLabel: 'Case Resolved',
        text: null,
        stamp: '',
        photo: 'https://x/done.jpg',
      },
    ]);
  });

  it('starts anew when it is reopened and keeps the first result', () => {
    const doc = project(new Story().open().route(1).close(10).reopen(20, minute(99)).events);
    expect(doc).toMatchObject({ status: 'open', dueAt: minute(99) });
    expect(states(doc)).toEqual([
      [minute(0), minute(1), 'open'],
      [minute(1), minute(10), 'open'],
      [minute(10), minute(20), 'closed'],
      [minute(20), null, 'open'],
    ]);
    expect(standingAsOf(doc, minute(15))).toMatchObject({ status: 'closed', onTime: true });
    expect(standingAsOf(doc, minute(20))).toMatchObject({
      status: 'open',
      closedAt: null,
      lastClosing: { closedAt: minute(10) },
    });
  });

  it('is closed from its opening on where the source closed it before', () => {
    const doc = project(new Story(caseNumber, true).open().close(-30).events);
    expect(states(doc)).toEqual([[minute(0), null, 'closed']]);
    expect(standingAsOf(doc, minute(0))).toMatchObject({ status: 'closed', closedAt: minute(-30) });
  });

  it('keeps both results where the source closed it twice', () => {
    const doc = project(
      new Story(caseNumber, true).open().close(10).close(30, { onTime: false, outcome: 'noted' }).events,
    );
    expect(standingAsOf(doc, minute(29))).toMatchObject({ closedAt: minute(10), onTime: true });
    expect(standingAsOf(doc, minute(30))).toMatchObject({ closedAt: minute(30), onTime: false });
  });

  it('ends without a late result when the reporter takes it back', () => {
    const doc = project(new Story().open().route(1).withdraw(80).events);
    expect(doc.status).toBe('withdrawn');
    expect(standingAsOf(doc, minute(79)).onTime).toBe(false);
    expect(standingAsOf(doc, minute(80))).toMatchObject({
      status: 'closed',
      closedAt: minute(80),
      onTime: true,
      lastClosing: { outcome: 'withdrawn' },
    });
  });

  it('loses the words of whoever is erased, and nobody else’s', () => {
    const { events } = new Story()
      .open({ description: textOf('k1') })
      .close(5, { text: textOf('k2') })
      .reopen(6)
      .close(7, { text: textOf('k1') });
    const told = revealed(events, []);
    const doc = project([...told, ...new Story().erase(8, 'k1').events]);
    expect(doc.description).toBeNull();
    expect(doc.closings.map(({ text }) => text)).toEqual([words('k2'), null]);
  });

  it('cannot begin with anything but its opening', () => {
    expect(() => project(new Story().route(1).events)).toThrow(/no opening before intake.CaseRouted.v1/);
  });
});

/** The same question asked of the fold that every reader of a case shares. */
const standingOf = (view: CaseView, asOf: string): Omit<Standing, 'lastClosing'> => {
  const { status, dueAt, departmentId, queue } = view;
  const ran = view.clocks.at(-1);
  const clock = { openedAt: view.openedAt, dueAt, closedAt: null, onTime: null };
  return {
    status: status === 'open' ? 'open' : 'closed',
    departmentId,
    queue,
    dueAt,
    closedAt: status === 'withdrawn' ? view.withdrawnAt : view.closedAt,
    onTime: status === 'withdrawn' || (status === 'closed' ? ran?.onTime === true : isOnTime(clock, asOf)),
  };
};

describe('The view of any case', () => {
  it('agrees with the fold of its stream', () => {
    fc.assert(
      fc.property(anyStory(), ({ events }) => {
        const doc = project(events);
        const view = foldCase(events);
        const { status, dueAt, departmentId, queue, parent: linked, serviceCode, closings } = doc;
        expect({ status, dueAt, departmentId, queue, parent: linked, serviceCode }).toEqual({
          status: view?.status,
          dueAt: view?.dueAt,
          departmentId: view?.departmentId,
          queue: view?.queue,
          parent: view?.parent,
          serviceCode: view?.serviceCode,
        });
        const told = closings.filter(({ outcome }) => outcome !== 'withdrawn');
        expect(told.map(({ closedAt, onTime }) => [closedAt, onTime])).toEqual(
          view?.closings.map(({ closedAt, onTime }) => [closedAt, onTime]),
        );
      }),
      settings,
    );
  });

  it('agrees with the fold as of every moment at which something happened, just before and just after', () => {
    fc.assert(
      fc.property(anyStory(), ({ events }) => {
        const doc = project(events);
        const moments = events.flatMap(({ time }) =>
          [-1, 0, 1].map((ms) => new Date(Date.parse(time) + ms).toISOString()),
        );
        for (const asOf of moments) {
          const view = foldCaseAsOf(events, asOf);
          if (view === null) continue;
          const { lastClosing: _, ...standing } = standingAsOf(doc, asOf);
          expect({ asOf, ...standing }).toEqual({ asOf, ...standingOf(view, asOf) });
        }
      }),
      settings,
    );
  });

  it('has a history without gaps from its opening on', () => {
    fc.assert(
      fc.property(anyStory(), ({ events }) => {
        const { history, openedAt } = project(events);
        expect(history[0].from).toBe(openedAt);
        expect(history.map(({ to }) => to)).toEqual([...history.slice(1).map(({ from }) => from), null]);
        expect(history.every(({ from, to }) => to === null || from < to)).toBe(true);
      }),
      settings,
    );
  });

  it('built anew after erasures is the one that lived through them', () => {
    fc.assert(
      fc.property(anyStory(), ({ events }) => {
        const erased: string[] = [];
        const live = events.map((event) => {
          // The key goes first, the news of it follows.
          if (event.type === 'intake.SubjectErased.v1') erased.push(event.data.author);
          return revealed([event], erased)[0] ?? event;
        });
        expect(project(live)).toEqual(project(revealed(events, erased)));
      }),
      settings,
    );
  });
});
