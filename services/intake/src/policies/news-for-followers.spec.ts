import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { eventTypes, topics, type CaseEvent } from '@city311/contracts';

import { newsForFollowers } from './news-for-followers.js';

const samples = join(import.meta.dirname, '../../../../libs/contracts/samples');
const event = (type: string, change: object = {}): CaseEvent => {
  const sample = JSON.parse(readFileSync(join(samples, `${type}.json`), 'utf8')) as CaseEvent;
  return { ...sample, data: { ...sample.data, ...change } } as CaseEvent;
};
const isOpen = { closedMeanwhile: undefined };

describe('What followers who go on following hear of their parent', () => {
  it('is that it was referred or given another service, and nothing else', () => {
    const told = eventTypes(topics.case.name).filter(
      (type) => newsForFollowers(event(type, isOpen), true) !== null,
    );
    expect([...told].sort()).toEqual(['intake.CaseReclassified.v1', 'intake.CaseReferred.v1']);
  });

  it('names it with the agency or the service, unless it may not be shown', () => {
    const referred = event('intake.CaseReferred.v1', isOpen);
    expect(newsForFollowers(referred, true)).toEqual({
      kind: 'referred',
      shown: { parent: referred.data.caseNumber, agency: 'Town of Brookline' },
    });
    expect(newsForFollowers(referred, false)).toEqual({ kind: 'referred' });
    const reclassified = event('intake.CaseReclassified.v1', { serviceCode: 'a:b:c' });
    expect(newsForFollowers(reclassified, true)).toEqual({
      kind: 'reclassified',
      shown: { parent: reclassified.data.caseNumber, serviceCode: 'a:b:c' },
    });
    expect(newsForFollowers(reclassified, false)).toEqual({ kind: 'reclassified' });
  });

  it('is nothing where a referral finds the parent closed', () => {
    const late = event('intake.CaseReferred.v1', { closedMeanwhile: true });
    expect(newsForFollowers(late, true)).toBeNull();
  });
});
