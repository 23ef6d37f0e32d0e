import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { fold } from '@city311/kernel';
import type { CaseNumber } from '@city311/kernel';

import type {
  CaseRoutingCommand,
  DecideRoute,
  OverrideRoute,
  RouteFinding,
} from './case-routing.commands.js';
import { caseRouting } from './case-routing.decide.js';
import type { CaseRoutingEvent } from './case-routing.events.js';

const caseNumber = '260000000014' as CaseNumber;
const noon = '2026-07-01T16:00:00.000Z';
const later = '2026-07-02T16:00:00.000Z';

const decided: Extract<RouteFinding, { kind: 'decided' }> = {
  kind: 'decided',
  departmentId: 'PWDx',
  queue: 'PWDx_Potholes',
  priority: 'normal',
  dueAt: later,
  districts: { ward: '03' },
  explanation: ['Potholes go to Public Works'],
  ruleSetVersion: 1,
};
const triage: RouteFinding = {
  kind: 'triage',
  reason: 'unknown-place',
  departmentId: 'TRIAGE',
  queue: 'triage',
  dueAt: null,
  districts: {},
  explanation: ['The place is not known'],
};
const outside: RouteFinding = {
  kind: 'outside',
  departmentId: 'TRIAGE',
  queue: 'referrals',
  explanation: ['The place is not in the city'],
};
const imported: RouteFinding = {
  kind: 'imported',
  departmentId: 'PWDx',
  queue: 'PWDx_Old',
  dueAt: null,
  districts: {},
  opinion: null,
};

const decideRoute = (finding: RouteFinding): DecideRoute => ({
  type: 'DecideRoute',
  data: { caseNumber, finding, decidedAt: noon },
});
const override = (departmentId = 'BTDT', referredSince = false): OverrideRoute => ({
  type: 'OverrideRoute',
  data: {
    caseNumber,
    departmentId,
    queue: 'BTDT_Signs',
    priority: 'high',
    dueAt: later,
    districts: {},
    explanation: ['An operator looked'],
    ruleSetVersion: 1,
    decidedAt: later,
    referredSince,
  },
});
const reclassified: CaseRoutingCommand = {
  type: 'NoteReclassified',
  data: {
    caseNumber,
    serviceCode: 'signs',
    definitionVersion: 2,
    reclassifiedAt: later,
    causedBySequence: 5,
  },
};
const handedBack = (fromDepartmentId = 'PWDx', causedBySequence = 5): CaseRoutingCommand => ({
  type: 'NoteHandedBack',
  data: {
    caseNumber,
    fromDepartmentId,
    triage: {
      departmentId: 'TRIAGE',
      queue: 'triage',
      dueAt: later,
      districts: {},
      explanation: ['Handed back'],
    },
    handedBackAt: later,
    causedBySequence,
  },
});
const closed: CaseRoutingCommand = { type: 'NoteClosed', data: { caseNumber, closedAt: later } };
const reopened: CaseRoutingCommand = { type: 'NoteReopened', data: { caseNumber, reopenedAt: later } };

/** Events and last answer of a sequence of commands. */
const run = (commands: readonly CaseRoutingCommand[]) => {
  let state = caseRouting.initialState;
  const events: CaseRoutingEvent[] = [];
  let last = caseRouting.decide(reopened, state);
  for (const command of commands) {
    last = caseRouting.decide(command, state);
    if (last.outcome === 'accepted') {
      events.push(...last.events);
      state = fold(caseRouting, last.events, state);
    }
  }
  return { state, events, last };
};
const types = (...commands: readonly CaseRoutingCommand[]) => run(commands).events.map(({ type }) => type);
const quiet = { outcome: 'accepted', events: [] };
const refused = (code: string) => ({ outcome: 'refused', refusal: { code } });

describe('DecideRoute', () => {
  it('records the decision by rule with its reasons', () => {
    const { kind: _, ...route } = decided;
    expect(run([decideRoute(decided)]).events).toEqual([
      { type: 'RouteDecided', data: { caseNumber, ...route, basis: 'rule', decidedAt: noon } },
    ]);
  });

  it('records triage, a place outside the city, and an older system’s route as facts of their own', () => {
    expect(types(decideRoute(triage))).toEqual(['SentToTriage']);
    expect(types(decideRoute(outside))).toEqual(['FoundOutsideCity']);
    expect(types(decideRoute(imported))).toEqual(['ImportedRouteNoted']);
  });

  it.each([decided, triage, outside, imported])(
    'stays quiet when $kind is found a second time',
    (finding) => {
      expect(run([decideRoute(finding), decideRoute(finding)]).last).toEqual(quiet);
    },
  );

  it('is refused where another department has the case', () => {
    const other = decideRoute({ ...decided, departmentId: 'BTDT' });
    expect(run([decideRoute(decided), other]).last).toMatchObject(refused('already-routed'));
  });

  it('is refused in triage, outside the city and once the case is closed', () => {
    expect(run([decideRoute(triage), decideRoute(decided)]).last).toMatchObject(refused('awaiting-operator'));
    expect(run([decideRoute(outside), decideRoute(decided)]).last).toMatchObject(
      refused('found-outside-city'),
    );
    expect(run([closed, decideRoute(decided)]).last).toMatchObject(refused('case-closed'));
  });

  it('decides anew once the case was reclassified', () => {
    expect(
      types(decideRoute(decided), reclassified, decideRoute({ ...decided, departmentId: 'BTDT' })),
    ).toEqual(['RouteDecided', 'ReclassificationNoted', 'RouteDecided']);
  });
});

describe('OverrideRoute', () => {
  it.each([triage, outside, decided, imported])('records the operator’s choice after $kind', (finding) => {
    const { events } = run([decideRoute(finding), override()]);
    expect(events.at(-1)).toMatchObject({
      type: 'RouteDecided',
      data: { basis: 'operator', departmentId: 'BTDT' },
    });
  });

  it('stays quiet when the case stands there already', () => {
    expect(run([decideRoute(triage), override(), override()]).last).toEqual(quiet);
  });

  it.each([
    ['departmentId', 'ISDx'],
    ['queue', 'BTDT_Signals'],
    ['priority', 'emergency'],
    ['dueAt', null],
  ] as const)('records another %s', (member, value) => {
    const before = override();
    const other: OverrideRoute = { ...before, data: { ...before.data, [member]: value } };
    expect(run([decideRoute(triage), before, other]).last).toMatchObject({
      events: [{ data: { [member]: value } }],
    });
  });

  it('is recorded again where the case was referred since, without saying so', () => {
    const { events } = run([decideRoute(triage), override(), override('BTDT', true)]);
    expect(events.slice(1).map(({ type }) => type)).toEqual(['RouteDecided', 'RouteDecided']);
    expect(events.at(-1)?.data).toEqual(events.at(-2)?.data);
  });

  it('is refused before anything was decided and once the case is closed', () => {
    expect(run([override()]).last).toMatchObject(refused('not-decided-yet'));
    expect(run([decideRoute(triage), closed, override()]).last).toMatchObject(refused('case-closed'));
  });
});

describe('NoteReclassified', () => {
  it('records the new service', () => {
    expect(types(decideRoute(decided), reclassified)).toEqual(['RouteDecided', 'ReclassificationNoted']);
  });
  it('stays quiet when told twice, also after a new decision, and is refused once the case is closed', () => {
    expect(run([reclassified, reclassified]).last).toEqual(quiet);
    expect(run([decideRoute(decided), reclassified, override(), reclassified]).last).toEqual(quiet);
    expect(run([closed, reclassified]).last).toMatchObject(refused('case-closed'));
  });
});

describe('NoteHandedBack', () => {
  it('sends the case to triage', () => {
    expect(run([decideRoute(decided), handedBack()]).events.at(-1)).toMatchObject({
      type: 'SentToTriage',
      data: { reason: 'handed-back', queue: 'triage' },
    });
  });
  it('stays quiet when told twice, or when another department has the case by now', () => {
    expect(run([decideRoute(decided), handedBack(), handedBack()]).last).toEqual(quiet);
    expect(run([decideRoute(decided), override(), handedBack('PWDx')]).last).toEqual(quiet);
  });
  it('stays quiet when told again after an operator gave the case to the same department', () => {
    const given = { ...override('PWDx'), data: { ...override('PWDx').data, queue: 'PWDx_Potholes' } };
    expect(run([decideRoute(decided), handedBack(), given, handedBack()]).last).toEqual(quiet);
    expect(run([decideRoute(decided), handedBack(), given, handedBack('PWDx', 9)]).last).not.toEqual(quiet);
  });
  it('is refused before a decision and once the case is closed', () => {
    expect(run([handedBack()]).last).toMatchObject(refused('not-decided-yet'));
    expect(run([decideRoute(decided), closed, handedBack()]).last).toMatchObject(refused('case-closed'));
  });
});

describe('NoteClosed and NoteReopened', () => {
  it('record the close and give the route back on reopening', () => {
    const before = run([decideRoute(decided)]).state;
    expect(types(decideRoute(decided), closed, reopened)).toEqual([
      'RouteDecided',
      'CloseNoted',
      'ReopeningNoted',
    ]);
    expect(run([decideRoute(decided), closed, reopened]).state).toEqual(before);
  });
  it('stay quiet when told twice', () => {
    expect(run([closed, closed]).last).toEqual(quiet);
    expect(run([closed, reopened, reopened]).last).toEqual(quiet);
  });
});

describe('a case’s routing, whatever is asked of it', () => {
  const command = fc.constantFrom<CaseRoutingCommand>(
    decideRoute(decided),
    decideRoute({ ...decided, departmentId: 'BTDT' }),
    decideRoute(triage),
    decideRoute(outside),
    decideRoute(imported),
    override(),
    override('PARK'),
    reclassified,
    handedBack(),
    handedBack('BTDT'),
    closed,
    reopened,
  );

  it('replays to the same state, and the same command at once again records nothing', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const { state, events } = run(commands);
        expect(fold(caseRouting, events)).toEqual(state);
        const last = commands.at(-1);
        if (last === undefined) return;
        const answer = caseRouting.decide(last, state);
        expect(answer.outcome === 'refused' || answer.events.length === 0).toBe(true);
      }),
    );
  });

  it('never decides a route while the case is closed', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        let open = true;
        for (const { type } of run(commands).events) {
          if (type === 'CloseNoted') open = false;
          else if (type === 'ReopeningNoted') open = true;
          else expect(open).toBe(true);
        }
      }),
    );
  });
});
