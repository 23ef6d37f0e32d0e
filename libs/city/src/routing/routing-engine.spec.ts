import { describe, expect, it } from '@jest/globals';

import type { CaseNumber } from '@city311/kernel';

import { loadCity } from '../load-city.js';
import { decideRoute, type RouteQuestion } from './routing-engine.js';

const city = loadCity('boston');
const pothole = 'Public Works Department:Highway Maintenance:Request for Pothole Repair';
const downtown = { latitude: 42.356, longitude: -71.0575 };

const ask = (change: Partial<RouteQuestion>): ReturnType<typeof decideRoute> =>
  decideRoute({
    city,
    serviceCode: pothole,
    place: city.locate(downtown),
    openedAt: '2015-08-11T14:15:00.000Z',
    emergencyWords: [],
    openCasesNearby: [],
    ...change,
  });

const open = (number: string, serviceCode: string, latitude: number, openedAt: string) => ({
  caseNumber: number as CaseNumber,
  serviceCode,
  latitude,
  longitude: downtown.longitude,
  openedAt,
});

describe('decideRoute', () => {
  it('sends a pothole to the district where it lies, due by the service level, and says why', () => {
    expect(ask({})).toMatchObject({
      kind: 'decided',
      departmentId: 'PWDx',
      queue: 'PWDx_District 1C: Downtown',
      priority: 'normal',
      dueAt: '2015-08-12T14:15:00.000Z',
      ruleSetVersion: 1,
      explanation: [
        '"Request for Pothole Repair" is work of Public Works Department.',
        'Located by the given point.',
        'The place lies in public works district 1C.',
        'It is to be done within 1 business day.',
      ],
    });
  });

  it('asks a person where a district is needed and the place is unknown', () => {
    expect(ask({ place: city.locate({ latitude: 42.3594, longitude: -71.0587 }) })).toMatchObject({
      kind: 'triage',
      reason: 'unknown-place',
      departmentId: 'INFO',
      dueAt: '2015-08-12T14:15:00.000Z',
    });
  });

  it('routes a city-wide queue without a place', () => {
    expect(ask({ serviceCode: 'STRLGTOUT', place: city.locate({}) })).toMatchObject({
      kind: 'decided',
      queue: 'PWDx_Street Light Outages',
    });
  });

  it('does not route what is outside the city', () => {
    expect(ask({ place: city.locate({ latitude: 42.3736, longitude: -71.1097 }) })).toMatchObject({
      kind: 'outside',
      explanation: ['The given point lies outside Boston.'],
    });
  });

  it('asks a person about an unknown kind of request', () => {
    expect(ask({ serviceCode: 'Tea:Party:1773' })).toMatchObject({
      kind: 'triage',
      reason: 'unknown-service',
    });
  });

  it('puts emergency words before a person and names the emergency number', () => {
    const answer = ask({ emergencyWords: ['gas smell'] });
    expect(answer).toMatchObject({ kind: 'triage', reason: 'emergency-words' });
    expect(answer.explanation[0]).toContain('call 911');
  });

  it('suggests the nearest open case of the same kind', () => {
    expect(
      ask({
        openCasesNearby: [
          open('260000000014', pothole, 42.35615, '2015-08-10T12:00:00.000Z'),
          open('260000000022', pothole, 42.35605, '2015-08-10T12:00:00.000Z'),
        ],
      }),
    ).toMatchObject({ suggestedDuplicateOf: '260000000022' });
  });

  it('suggests none of another kind, too far, too old or younger', () => {
    expect(
      ask({
        openCasesNearby: [
          open('260000000014', 'STRLGTOUT', 42.356, '2015-08-10T12:00:00.000Z'),
          open('260000000022', pothole, 42.358, '2015-08-10T12:00:00.000Z'),
          open('260000000030', pothole, 42.356, '2015-01-10T12:00:00.000Z'),
          open('260000000048', pothole, 42.356, '2015-08-12T12:00:00.000Z'),
        ],
      }),
    ).not.toHaveProperty('suggestedDuplicateOf');
  });

  it('has an answer for every service of the catalogue', () => {
    for (const { code } of city.services) expect(ask({ serviceCode: code }).kind).toBe('decided');
  });
});
