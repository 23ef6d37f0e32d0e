import { describe, expect, it } from '@jest/globals';

import { fold, type CaseNumber } from '@city311/kernel';

import { incidentDecider, type IncidentCommand, type IncidentEvent } from './incident.js';

const child = '260000000023' as CaseNumber;
const at = '2026-01-02T03:04:05.000Z';
const join = (told: number): IncidentCommand => ({
  type: 'JoinIncident',
  data: { child, told, joinedAt: at },
});
const leave = (told: number): IncidentCommand => ({
  type: 'LeaveIncident',
  data: { child, told, leftAt: at },
});
const joined = (told: number): IncidentEvent => ({
  type: 'FollowerJoined',
  data: { child, told, joinedAt: at },
});
const left = (told: number): IncidentEvent => ({ type: 'FollowerLeft', data: { child, told, leftAt: at } });
const decide = (command: IncidentCommand, ...history: IncidentEvent[]) =>
  incidentDecider.decide(command, fold(incidentDecider, history));
const quiet = { outcome: 'accepted', events: [] };

describe('JoinIncident', () => {
  it('records the follower, also one that left before', () => {
    expect(decide(join(2))).toEqual({ outcome: 'accepted', events: [joined(2)] });
    expect(decide(join(4), joined(2), left(3))).toEqual({ outcome: 'accepted', events: [joined(4)] });
  });
  it('stays quiet when the case follows already', () => {
    expect(decide(join(3), joined(2))).toEqual(quiet);
  });
  it('stays quiet when it is told again after the case left', () => {
    expect(decide(join(2), joined(2), left(3))).toEqual(quiet);
  });
});

describe('LeaveIncident', () => {
  it('records that the follower left, and it no longer follows', () => {
    expect(decide(leave(3), joined(2))).toEqual({ outcome: 'accepted', events: [left(3)] });
    expect(fold(incidentDecider, [joined(2), left(3)]).followers).toEqual([]);
  });
  it('stays quiet when the case does not follow', () => {
    expect(decide(leave(3))).toEqual(quiet);
  });
});
