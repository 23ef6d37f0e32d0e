import { fold, type ProtectedText } from '@city311/kernel';
import { describe, expect, it } from '@jest/globals';

import type { CaseCommand } from './case.commands.js';
import { caseDecider, decide } from './case.decide.js';
import type { StoredCaseEvent } from './case.events.js';
import * as the from './case.examples.js';

const history = (...commands: readonly CaseCommand[]): readonly StoredCaseEvent[] =>
  commands.reduce<readonly StoredCaseEvent[]>((events, command) => {
    const decision = decide(command, fold(caseDecider, events));
    if (decision.outcome === 'refused') throw new Error(`${command.type}: ${decision.refusal.code}`);
    return [...events, ...decision.events];
  }, []);

/** What the last command leads to after the others: event types, or the refusal. */
const after = (...given: readonly CaseCommand[]) => ({
  when: (command: CaseCommand) => {
    const decision = decide(command, fold(caseDecider, history(...given)));
    return decision.outcome === 'refused' ? decision.refusal : decision.events.map(({ type }) => type);
  },
  events: (command: CaseCommand) => {
    const decision = decide(command, fold(caseDecider, history(...given)));
    return decision.outcome === 'refused' ? [] : decision.events;
  },
});

const quiet: readonly string[] = [];
const opened = after(the.open());
const routed = after(the.open(), the.route());
const closed = after(the.open(), the.route(), the.close());
const withdrawn = after(the.open(), the.withdraw());
const caseClosed = { code: 'case-closed', closedAt: the.minute(10) };
const caseWithdrawn = { code: 'case-withdrawn', withdrawnAt: the.minute(9) };

describe('a case that was never opened', () => {
  const commands = [
    the.route(), the.reclassify(), the.handBack(), the.announce(), the.link(), the.unlink(), the.move(), the.refer(), the.schedule(),
    the.start(), the.pause(), the.resume(), the.close(), the.closeWithParent(),
    the.reopenWithParent(), the.parentNews(), the.reopen(), the.withdraw(),
    the.comment(), the.photo(), the.erase(), the.renewSecret(), the.revokeSecret(),
  ]; // prettier-ignore
  it.each(commands)('refuses $type', (command) => {
    expect(after().when(command)).toEqual({ code: 'not-opened' });
  });
});

describe('OpenCase', () => {
  it('records everything that came in, emergency words too', () => {
    const command = the.open({ emergencyWords: ['gas'], visibility: 'confidential' });
    expect(after().events(command)).toEqual([{ type: 'CaseOpened', data: command.data }]);
  });
  it('is quiet when the same report is completed again', () => {
    expect(routed.when(the.open())).toEqual(quiet);
  });
  it('is refused where the number has another case', () => {
    expect(opened.when(the.open({ trackingHash: 'another' }))).toEqual({
      code: 'already-opened',
      openedAt: the.minute(0),
    });
  });
});

describe('RouteCase', () => {
  it('records the route that a rule or an operator found', () => {
    expect(opened.events(the.route())).toEqual([
      {
        type: 'CaseRouted',
        data: {
          caseNumber: the.number,
          serviceCode: 'lights:outage',
          ...the.byRule,
          routedAt: the.minute(1),
          decision: 0,
        },
      },
    ]);
  });
  it('says which parent the case follows meanwhile', () => {
    expect(after(the.open(), the.link()).events(the.route())).toMatchObject([
      { type: 'CaseRouted', data: { linkedTo: the.parent } },
    ]);
    expect(opened.events(the.route())[0]?.data).not.toHaveProperty('linkedTo');
  });
  it('records triage as a route to the triage queue', () => {
    expect(opened.events(the.route(the.toTriage))).toMatchObject([
      { type: 'CaseRouted', data: { basis: 'triage', queue: 'triage', priority: 'normal' } },
    ]);
  });
  it('records a referral where the place is outside the city', () => {
    expect(opened.events(the.route(the.outside))).toEqual([
      {
        type: 'CaseReferred',
        data: {
          caseNumber: the.number,
          agency: 'Next town',
          referredAt: the.minute(1),
          outsideCity: {
            departmentId: 'INFO',
            queue: 'referrals',
            explanation: ['The place is in no district.'],
          },
          decision: 0,
        },
      },
    ]);
  });
  it("takes the older system's route as fact", () => {
    const imported = {
      basis: 'imported',
      departmentId: 'ISD',
      queue: 'q',
      dueAt: null,
      districts: {},
    } as const;
    expect(opened.events(the.route(imported))).toMatchObject([
      { type: 'CaseRouted', data: { basis: 'imported', departmentId: 'ISD', explanation: [] } },
    ]);
  });
  it('records a later decision, also for the same department', () => {
    expect(routed.when(the.route(the.byRule, 1))).toEqual(['CaseRouted']);
  });
  it('is quiet on a decision that was followed before, or is older than the one followed', () => {
    expect(routed.when(the.route())).toEqual(quiet);
    const byOperator = after(the.open(), the.route(the.byRule, 3));
    expect(byOperator.when(the.route(the.toTriage, 2))).toEqual(quiet);
    expect(closed.when(the.route())).toEqual(quiet);
  });
  it('is kept for a reopening where the case is closed, and leaves the clock that has ended as it was', () => {
    const late = after(the.open(), the.close(), the.route());
    expect(after(the.open(), the.close()).events(the.route())).toMatchObject([
      { type: 'CaseRouted', data: { closedMeanwhile: true } },
    ]);
    expect(after(the.open(), the.close()).events(the.route(the.outside))).toMatchObject([
      { type: 'CaseReferred', data: { closedMeanwhile: true } },
    ]);
    expect(late.events(the.reopen())).toMatchObject([
      { data: { route: { departmentId: 'PWDx', queue: 'lights', dueAt: the.minute(50) } } },
    ]);
  });
  it('says that the case was closed and reopened before', () => {
    const again = after(the.open(), the.route(the.toTriage), the.close(), the.reopen());
    expect(again.events(the.route(the.byRule, 1))).toMatchObject([{ data: { reopened: true } }]);
  });
  it('is refused once the case is withdrawn', () => {
    expect(withdrawn.when(the.route())).toEqual(caseWithdrawn);
  });
});

describe('ReclassifyCase', () => {
  it('records the new service with the due date that it brings', () => {
    const command = the.reclassify();
    expect(routed.events(command)).toEqual([{ type: 'CaseReclassified', data: command.data }]);
  });
  it('applies the new due date to the running clock', () => {
    const later = after(the.open(), the.route(), the.reclassify('other', the.minute(9)));
    expect(later.events(the.close())).toMatchObject([{ data: { onTime: false } }]);
  });
  it('is quiet where the case has that service already', () => {
    expect(opened.when(the.reclassify('lights:outage'))).toEqual(quiet);
  });
  it('is refused once the case is closed', () => {
    expect(closed.when(the.reclassify())).toEqual(caseClosed);
  });
});

describe('ReturnToTriage', () => {
  it('records that the department handed the case back, and why', () => {
    const command = the.handBack();
    expect(routed.events(command)).toEqual([{ type: 'CaseReturnedToTriage', data: command.data }]);
  });
  it('is quiet when told again, even after a new route to the same department', () => {
    const again = after(the.open(), the.route(), the.handBack(), the.route(the.byRule, 1));
    expect(again.when(the.handBack())).toEqual(quiet);
  });
  it('is refused to a department that does not have the case', () => {
    expect(routed.when(the.handBack(5, 1, 'PARK'))).toEqual({
      code: 'not-with-department',
      departmentId: 'PWDx',
    });
    expect(opened.when(the.handBack())).toEqual({ code: 'not-with-department', departmentId: null });
  });
  it('is refused once the case is closed', () => {
    expect(closed.when(the.handBack())).toEqual(caseClosed);
  });
});

describe('AnnounceFollower', () => {
  it('records who is coming, also where the case is closed', () => {
    const { serviceCode: _service, mayJoin: _may, ...announced } = the.announce().data;
    expect(opened.events(the.announce())).toEqual([{ type: 'FollowerAnnounced', data: announced }]);
    expect(closed.when(the.announce())).toEqual(['FollowerAnnounced']);
  });
  it('is quiet when the same try is told again', () => {
    expect(after(the.open(), the.announce()).when(the.announce())).toEqual(quiet);
  });
  it('is refused where the case follows another itself, was taken back, or is another kind of trouble', () => {
    expect(after(the.open(), the.link()).when(the.announce())).toEqual({
      code: 'parent-is-linked',
      parent: the.parent,
    });
    expect(withdrawn.when(the.announce())).toEqual(caseWithdrawn);
    expect(opened.when(the.announce({ mayJoin: false }))).toEqual({ code: 'services-differ' });
    expect(opened.when(the.announce({ follower: the.number }))).toEqual({ code: 'own-parent' });
  });
  it('is refused where the service is not the one that the caller judged by', () => {
    expect(opened.when(the.announce({ serviceCode: 'a' }))).toEqual({ code: 'overtaken' });
  });
});

describe('MoveToParent', () => {
  const linked = after(the.open(), the.route(), the.link());
  it('records that the case leaves its parent for the one that the parent has joined, in one go', () => {
    expect(linked.events(the.move())).toEqual([
      {
        type: 'CaseUnlinked',
        data: {
          caseNumber: the.number,
          parent: the.parent,
          parentNews: { kind: 'joined', shown: { parent: the.parent } },
          unlinkedAt: the.minute(8),
        },
      },
      {
        type: 'CaseLinked',
        data: { caseNumber: the.number, parent: the.other, parentRevision: 3, linkedAt: the.minute(8) },
      },
    ]);
  });
  it('is quiet once it has moved', () => {
    expect(after(the.open(), the.link(), the.move()).when(the.move())).toEqual(quiet);
  });
  it('is refused to the case itself, to a case that has left, and to one that is closed', () => {
    expect(linked.when(the.move({ to: the.number }))).toEqual({ code: 'own-parent' });
    expect(opened.when(the.move())).toEqual({ code: 'not-linked', parent: null });
    expect(closed.when(the.move())).toEqual(caseClosed);
  });
  it('is refused where a follower was announced to the case since the caller looked at it', () => {
    const seen = { announcement: 'n-1', serviceCode: 'lights:outage' };
    const announced = after(the.open(), the.announce(), the.link({ seen }));
    expect(announced.when(the.move())).toEqual({ code: 'overtaken' });
    expect(announced.events(the.move({ seenAnnouncement: 'n-1' }))).toHaveLength(2);
  });
});

describe('ReopenWithParent', () => {
  const followed = [the.open(), the.route(), the.link(), the.closeWithParent()] as const;
  it('reopens with a new clock, and leaves the work to the parent', () => {
    expect(after(...followed).events(the.reopenWithParent())).toEqual([
      {
        type: 'CaseReopened',
        data: {
          caseNumber: the.number,
          parentNews: { kind: 'reopened', shown: { parent: the.parent } },
          reopenedAt: the.minute(12),
          dueAt: the.minute(50),
        },
      },
    ]);
  });
  it('is quiet where the case is open', () => {
    expect(opened.when(the.reopenWithParent())).toEqual(quiet);
  });
  it('is refused where the case was closed for itself, was taken back, or closed later than that', () => {
    const notLinked = { code: 'not-linked', parent: the.parent };
    expect(after(the.open(), the.link(), the.close()).when(the.reopenWithParent())).toEqual(notLinked);
    expect(withdrawn.when(the.reopenWithParent())).toEqual(caseWithdrawn);
    expect(after(...followed).when(the.reopenWithParent({ reopenedAt: the.minute(9) }))).toEqual({
      code: 'impossible-time',
      notBefore: the.minute(10),
    });
  });
});

describe('NoteParentNews', () => {
  const linked = after(the.open(), the.link({ parentRevision: 2 }));
  it('records what became of the parent that the case goes on following', () => {
    const command = the.parentNews();
    expect(linked.events(command)).toEqual([{ type: 'ParentNewsNoted', data: command.data }]);
  });
  it('is quiet when told again, and of what happened before the link', () => {
    expect(after(the.open(), the.link(), the.parentNews()).when(the.parentNews())).toEqual(quiet);
    expect(linked.when(the.parentNews({ parentRevision: 2 }))).toEqual(quiet);
  });
  it('is refused where the case follows another, or has ended', () => {
    expect(opened.when(the.parentNews())).toEqual({ code: 'not-linked', parent: null });
    expect(closed.when(the.parentNews())).toEqual(caseClosed);
  });
});

describe('LinkCase', () => {
  it('records the parent and leaves the case open', () => {
    expect(routed.events(the.link())).toEqual([
      {
        type: 'CaseLinked',
        data: { caseNumber: the.number, parent: the.parent, linkedAt: the.minute(7) },
      },
    ]);
    expect(fold(caseDecider, history(the.open(), the.link())).status).toBe('open');
  });
  it('is quiet where that link exists', () => {
    expect(after(the.open(), the.link()).when(the.link())).toEqual(quiet);
  });
  it('is refused to the case itself, and to a second parent', () => {
    expect(opened.when(the.link({ parent: the.number }))).toEqual({ code: 'own-parent' });
    expect(after(the.open(), the.link()).when(the.link({ parent: the.other }))).toEqual({
      code: 'already-linked',
      parent: the.parent,
    });
  });
  it('is refused where a follower was announced, or the service changed, since the case was looked at', () => {
    const overtaken = { code: 'overtaken' };
    const announced = after(the.open(), the.announce());
    expect(announced.when(the.link())).toEqual(overtaken);
    const seen = { announcement: 'n-1', serviceCode: 'lights:outage' };
    expect(announced.when(the.link({ seen }))).toEqual(['CaseLinked']);
    expect(after(the.open(), the.reclassify()).when(the.link())).toEqual(overtaken);
  });
  it('is refused once the case is closed', () => {
    expect(closed.when(the.link())).toEqual(caseClosed);
  });
});

describe('UnlinkCase', () => {
  it('records that the case stands for itself again', () => {
    expect(after(the.open(), the.link()).when(the.unlink())).toEqual(['CaseUnlinked']);
  });
  it('says who is to work on it for itself, where it was routed', () => {
    const route = {
      departmentId: 'PWDx',
      queue: 'lights',
      serviceCode: 'lights:outage',
      dueAt: the.minute(30),
    };
    const first = [the.open(), the.route(), the.link()] as const;
    expect(after(...first).events(the.unlink())).toMatchObject([{ data: { route } }]);
    expect(after(the.open(), the.link(), the.route()).events(the.unlink())).toMatchObject([
      { data: { route } },
    ]);
    expect(after(...first, the.closeWithParent()).events(the.unlink())).toMatchObject([
      { type: 'CaseUnlinked' },
      { type: 'CaseReopened', data: { route: { ...route, dueAt: the.minute(60) } } },
    ]);
    expect(
      after(the.open(), the.route(the.toTriage), the.link()).events(the.unlink())[0]?.data,
    ).not.toHaveProperty('route');
  });
  it('leaves the order to routing where it is about to decide anew', () => {
    const route = (...before: readonly CaseCommand[]) =>
      after(the.open(), the.route(), the.link(), ...before).events(the.unlink())[0]?.data;
    expect(route(the.reclassify())).not.toHaveProperty('route');
    expect(route(the.reclassify(), the.route(the.byRule, 1))).toMatchObject({ route: { queue: 'lights' } });
  });
  it('reopens a case that closed only because of its parent, with a new clock', () => {
    expect(after(the.open(), the.link(), the.closeWithParent()).events(the.unlink())).toEqual([
      {
        type: 'CaseUnlinked',
        data: { caseNumber: the.number, parent: the.parent, unlinkedAt: the.minute(15) },
      },
      {
        type: 'CaseReopened',
        data: { caseNumber: the.number, reopenedAt: the.minute(15), dueAt: the.minute(60) },
      },
    ]);
  });
  it('leaves a case closed that was closed for itself', () => {
    expect(after(the.open(), the.link(), the.close()).when(the.unlink())).toEqual(['CaseUnlinked']);
  });
  it('is quiet where there is no link', () => {
    expect(opened.when(the.unlink())).toEqual(quiet);
  });
  it('is refused where the case is linked to another parent', () => {
    expect(after(the.open(), the.link()).when(the.unlink({ parent: the.other }))).toEqual({
      code: 'not-linked',
      parent: the.parent,
    });
  });
});

describe('ReferCase', () => {
  it('records the agency and leaves the case open', () => {
    expect(routed.when(the.refer())).toEqual(['CaseReferred']);
  });
  it('is quiet where the case is with that agency', () => {
    expect(after(the.open(), the.refer()).when(the.refer())).toEqual(quiet);
    expect(after(the.open(), the.refer()).when(the.refer('DCR'))).toEqual(['CaseReferred']);
  });
  it('is refused once the case is closed', () => {
    expect(closed.when(the.refer())).toEqual(caseClosed);
  });
});

describe.each([
  ['ScheduleWork', 'WorkScheduled', the.schedule],
  ['StartWork', 'WorkStarted', the.start],
  ['PauseWork', 'WorkPaused', the.pause],
] as const)('%s', (_name, recorded, command) => {
  it('records what the department told', () => {
    expect(routed.when(command())).toEqual([recorded]);
  });
  it('is quiet when told again, or after a later step of the same work order', () => {
    expect(after(the.open(), the.route(), the.schedule(9)).when(command())).toEqual(quiet);
    expect(after(the.open(), the.route(), command()).when(command())).toEqual(quiet);
  });
  it('is refused before the case was ever routed, and once it is closed or withdrawn', () => {
    expect(opened.when(command())).toEqual({ code: 'not-routed' });
    expect(closed.when(command())).toEqual(caseClosed);
    expect(withdrawn.when(command())).toEqual(caseWithdrawn);
  });
});

describe('ResumeWork', () => {
  const paused = after(the.open(), the.route(), the.pause());
  it('records that paused work goes on', () => {
    expect(paused.when(the.resume())).toEqual(['WorkResumed']);
  });
  it('is quiet when told again', () => {
    expect(after(the.open(), the.route(), the.pause(), the.resume()).when(the.resume())).toEqual(quiet);
  });
  it('is refused where nothing is paused', () => {
    expect(routed.when(the.resume())).toEqual({ code: 'not-paused' });
  });
});

describe('CloseCase', () => {
  it('records the outcome and whether the running clock was kept', () => {
    expect(routed.events(the.close(the.byOrder(7)))).toEqual([
      {
        type: 'CaseClosed',
        data: {
          caseNumber: the.number,
          outcome: 'resolved',
          outcomeLabel: 'Case Resolved',
          media: [],
          closedAt: the.minute(10),
          onTime: true,
          ...the.byOrder(7),
        },
      },
    ]);
  });
  it('counts the due instant itself as in time, and a case without a due date always', () => {
    const onTime = (at: number, of = routed) => of.events(the.close({ closedAt: the.minute(at) }));
    expect(onTime(30)).toMatchObject([{ data: { onTime: true } }]);
    expect(onTime(31)).toMatchObject([{ data: { onTime: false } }]);
    expect(onTime(9_000, opened)).toMatchObject([{ data: { onTime: true } }]);
  });
  it('compares instants, not their spelling', () => {
    const imported = { departmentId: 'd', queue: 'q', dueAt: '2026-11-22T08:30:00Z' };
    const command = the.close({ closedAt: '2026-11-22T08:30:00.000Z' });
    expect(after(the.open({ imported })).events(command)).toMatchObject([{ data: { onTime: true } }]);
  });
  it('is refused live before the running clock began', () => {
    expect(routed.when(the.close({ closedAt: the.minute(-1) }))).toEqual({
      code: 'impossible-time',
      notBefore: the.minute(0),
    });
  });
  it("takes an older system's times and repeats as told", () => {
    const early = the.close({ closedAt: the.minute(-90), imported: true });
    expect(routed.events(early)).toMatchObject([{ data: { onTime: true } }]);
    expect(closed.when(early)).toEqual(['CaseClosed']);
    expect(after(the.open(), early).when(early)).toEqual(quiet);
  });
  it('is quiet on the same close again, and on a work order that closed the case before it was reopened', () => {
    expect(closed.when(the.close())).toEqual(quiet);
    const reopened = after(the.open(), the.route(), the.close(the.byOrder(7)), the.reopen());
    expect(reopened.when(the.close(the.byOrder(7)))).toEqual(quiet);
  });
  it('is refused live where the case is closed otherwise, or withdrawn', () => {
    expect(closed.when(the.close({ closedAt: the.minute(11) }))).toEqual(caseClosed);
    const spoken = (words: string) => {
      const text = { original: words as ProtectedText, redacted: words as ProtectedText };
      return the.close({ text });
    };
    expect(closed.when(spoken('p1.k.other'))).toEqual(caseClosed);
    const closedWith = after(the.open(), the.route(), spoken('p1.k.one'));
    expect(closedWith.when(spoken('p1.k.two'))).toEqual(caseClosed);
    expect(closedWith.when(spoken('p1.k.one'))).toEqual(quiet);
    expect(withdrawn.when(the.close())).toEqual(caseWithdrawn);
  });
});

describe('CloseWithParent', () => {
  const linked = after(the.open(), the.link());
  it('records the close and whose it follows', () => {
    expect(linked.events(the.closeWithParent())).toMatchObject([
      { type: 'CaseClosed', data: { followedParent: the.parent } },
    ]);
  });
  it('is quiet once the case is closed', () => {
    expect(closed.when(the.closeWithParent())).toEqual(quiet);
  });
  it('is refused where the case is not linked to that parent, or was withdrawn', () => {
    expect(opened.when(the.closeWithParent())).toEqual({ code: 'not-linked', parent: null });
    expect(withdrawn.when(the.closeWithParent())).toEqual(caseWithdrawn);
  });
});

describe('ReopenCase', () => {
  it('records a new clock, by staff or by who shows the secret', () => {
    expect(closed.when(the.reopen())).toEqual(['CaseReopened']);
    expect(closed.when(the.reopen(the.asReporter))).toEqual(['CaseReopened']);
    const late = after(the.open(), the.route(), the.close(), the.reopen());
    expect(late.events(the.close({ closedAt: the.minute(45) }))).toMatchObject([{ data: { onTime: true } }]);
  });
  it('says who is to work on it again, unless it is with nobody', () => {
    const routedTo = { departmentId: 'PWDx', dueAt: the.minute(50) };
    const route = (...before: readonly CaseCommand[]) =>
      after(the.open(), ...before, the.close()).events(the.reopen())[0]?.data;
    expect(route(the.route())).toMatchObject({ dueAt: routedTo.dueAt, route: routedTo });
    expect(route()).not.toHaveProperty('route');
  });
  it('lets a duplicate stand for itself again, whether it was closed with its parent or without', () => {
    for (const end of [the.closeWithParent(), the.close()]) {
      const duplicate = after(the.open(), the.route(), the.link(), end);
      expect(duplicate.events(the.reopen())).toMatchObject([
        { type: 'CaseUnlinked', data: { parent: the.parent, unlinkedAt: the.minute(12) } },
        { type: 'CaseReopened', data: { route: { departmentId: 'PWDx' } } },
      ]);
    }
  });
  it('is quiet when told again', () => {
    expect(after(the.open(), the.close(), the.reopen()).when(the.reopen())).toEqual(quiet);
  });
  it('is refused where the case is open or withdrawn', () => {
    expect(opened.when(the.reopen())).toEqual({ code: 'not-closed' });
    expect(withdrawn.when(the.reopen())).toEqual(caseWithdrawn);
  });
  it('is refused before the close, unless an older system tells so', () => {
    expect(closed.when(the.reopen(the.asStaff, 5))).toEqual({
      code: 'impossible-time',
      notBefore: the.minute(10),
    });
    expect(closed.when(the.reopen(the.asStaff, 5, true))).toEqual(['CaseReopened']);
  });
});

describe('WithdrawCase', () => {
  it('records that the reporter takes the report back', () => {
    expect(routed.when(the.withdraw())).toEqual(['CaseWithdrawn']);
    expect(routed.when(the.withdraw(the.asStaff))).toEqual(['CaseWithdrawn']);
  });
  it('is quiet when told again', () => {
    expect(withdrawn.when(the.withdraw())).toEqual(quiet);
  });
  it('is refused once the case is closed', () => {
    expect(closed.when(the.withdraw())).toEqual(caseClosed);
  });
});

describe('AddComment', () => {
  it('records the comment, also after the close', () => {
    expect(opened.when(the.comment())).toEqual(['CommentAdded']);
    expect(closed.when(the.comment())).toEqual(['CommentAdded']);
  });
  it('is quiet on a comment id that it has', () => {
    expect(after(the.open(), the.comment()).when(the.comment())).toEqual(quiet);
  });
  it('is refused on a withdrawn case, and as internal by a reporter', () => {
    expect(withdrawn.when(the.comment())).toEqual(caseWithdrawn);
    expect(opened.when(the.comment('m-1', 'internal'))).toEqual({ code: 'internal-by-reporter' });
    expect(opened.when(the.comment('m-1', 'internal', the.asStaff))).toEqual(['CommentAdded']);
  });
});

describe('AddPhoto', () => {
  it('records the photo', () => {
    expect(opened.when(the.photo())).toEqual(['PhotoAdded']);
  });
  it('is quiet on a photo that it has, be it from the opening', () => {
    const media = [{ kind: 'external', url: 'https://example.org/p.jpg' }] as const;
    expect(after(the.open({ media })).when(the.photo())).toEqual(quiet);
    expect(after(the.open(), the.photo()).when(the.photo())).toEqual(quiet);
  });
  it('is refused on a withdrawn case', () => {
    expect(withdrawn.when(the.photo())).toEqual(caseWithdrawn);
  });
});

describe('What is said about a case', () => {
  type Who = typeof the.asStaff | typeof the.asReporter;
  const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `m-${n}`);
  it.each([
    ['comments', (id: string, who: Who) => the.comment(id, 'public', who)],
    ['photos', (id: string, who: Who) => the.photo(id, who)],
  ] as const)('has an end: %s are refused from the 200th on, of staff from the 400th', (_, say) => {
    const full = after(the.open(), ...ids(200).map((id) => say(id, the.asStaff)));
    expect(full.when(say('one-more', the.asReporter))).toEqual({ code: 'too-much-said', atMost: 200 });
    expect(full.when(say('m-7', the.asReporter))).toEqual(quiet);
    expect(full.when(say('one-more', the.asStaff))).toHaveLength(1);
    const fuller = after(the.open(), ...ids(400).map((id) => say(id, the.asStaff)));
    expect(fuller.when(say('one-more', the.asStaff))).toEqual({ code: 'too-much-said', atMost: 400 });
  });
});

describe('a reporter without the right secret', () => {
  it.each([the.withdraw, the.reopen, (who: typeof the.asStranger) => the.comment('m', 'public', who)])(
    'is refused, whatever became of the case',
    (command) => {
      for (const given of [opened, closed, withdrawn]) {
        expect(given.when(command(the.asStranger))).toEqual({ code: 'wrong-secret' });
      }
    },
  );
  it('is refused where no secret was given out', () => {
    const noSecret = after(the.open({ trackingHash: null }));
    expect(noSecret.when(the.photo('p', the.asReporter))).toEqual({ code: 'wrong-secret' });
  });
});

describe('EraseSubject', () => {
  it('records whose texts are gone, whatever became of the case', () => {
    for (const given of [opened, closed, withdrawn])
      expect(given.when(the.erase())).toEqual(['SubjectErased']);
  });
  it('is quiet when told again', () => {
    expect(after(the.open(), the.erase()).when(the.erase())).toEqual(quiet);
  });
});

describe('RenewTrackingSecret', () => {
  it('records the new hash, whatever became of the case; from then on the secret before opens nothing', () => {
    for (const given of [opened, closed, withdrawn])
      expect(given.when(the.renewSecret())).toEqual(['TrackingSecretRenewed']);
    const renewed = after(the.open(), the.renewSecret());
    expect(renewed.when(the.withdraw())).toEqual({ code: 'wrong-secret' });
    expect(renewed.when(the.withdraw(the.withNewer))).toEqual(['CaseWithdrawn']);
  });
  it('gives one to a case that had none', () => {
    const imported = after(the.open({ trackingHash: null }), the.renewSecret());
    expect(imported.when(the.withdraw(the.withNewer))).toEqual(['CaseWithdrawn']);
  });
  it('is quiet when told again', () => {
    expect(after(the.open(), the.renewSecret()).when(the.renewSecret())).toEqual(quiet);
  });
});

describe('RevokeTrackingSecret', () => {
  it('records that no secret opens the case any more; staff go on', () => {
    expect(opened.when(the.revokeSecret())).toEqual(['TrackingSecretRevoked']);
    const revoked = after(the.open(), the.renewSecret(), the.revokeSecret());
    expect(revoked.when(the.withdraw())).toEqual({ code: 'wrong-secret' });
    expect(revoked.when(the.withdraw(the.withNewer))).toEqual({
      code: 'wrong-secret',
    });
    expect(revoked.when(the.withdraw(the.asStaff))).toEqual(['CaseWithdrawn']);
  });
  it('is quiet where none opens it', () => {
    expect(after(the.open(), the.revokeSecret()).when(the.revokeSecret())).toEqual(quiet);
  });
});
