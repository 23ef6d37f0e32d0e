import { describe, expect, it } from '@jest/globals';

import { fold, type CaseNumber } from '@city311/kernel';

import { incidentDecider, type IncidentCommand, type IncidentEvent } from './incident.js';

const child = '260000000023' as CaseNumber;
const at = '2026-01-02T03:04:05.000Z';
const join: IncidentCommand = { type: 'JoinIncident', data: { child, joinedAt: at } };
const leave: IncidentCommand = { type: 'LeaveIncident', data: { child, leftAt: at } };
const joined: IncidentEvent = { type: 'FollowerJoined', data: { child, joinedAt: at } };
const after = (...events: IncidentEvent[]) => fold(incidentDecider, events);

describe('JoinIncident', () => {
  it('records the follower', () => {
    expect(incidentDecider.decide(join, after())).toEqual({ outcome: 'accepted', events: [joined] });
  });
  it('stays quiet when the case follows already', () => {
    expect(incidentDecider.decide(join, after(joined))).toEqual({ outcome: 'accepted', events: [] });
  });
});

describe('LeaveIncident', () => {
  it('records that the follower left, and it no longer follows', () => {
    const left: IncidentEvent = { type: 'FollowerLeft', data: { child, leftAt: at } };
    expect(incidentDecider.decide(leave, after(joined))).toEqual({ outcome: 'accepted', events: [left] });
    expect(after(joined, left)).toEqual({ followers: [] });
  });
  it('stays quiet when the case does not follow', () => {
    expect(incidentDecider.decide(leave, after())).toEqual({ outcome: 'accepted', events: [] });
  });
});
