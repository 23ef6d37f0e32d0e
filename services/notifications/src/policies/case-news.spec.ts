import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { eventTypes, topics, type CaseEvent, type ParentNews } from '@city311/contracts';

import { newsTypes, toldBy } from './case-news.js';

const samples = join(import.meta.dirname, '../../../../libs/contracts/samples');
/** Members under which an event is no news. */
const without = { linkedTo: undefined, closedMeanwhile: undefined };
const event = (type: string, data: object = {}): CaseEvent => {
  const sample = JSON.parse(readFileSync(join(samples, `${type}.json`), 'utf8')) as CaseEvent;
  return { ...sample, data: { ...sample.data, ...without, ...data } } as CaseEvent;
};

const parent = '260000001005';
const words = 'p1.k7f3a.cmVkYWN0ZWQ';
const shown: Readonly<Record<ParentNews['kind'], object>> = {
  closed: { parent, outcome: 'resolved', outcomeLabel: 'Case Resolved', text: words },
  withdrawn: { parent },
  reopened: { parent },
  reclassified: { parent, serviceCode: 'a:b:c' },
  referred: { parent, agency: 'MBTA' },
  joined: { parent },
};
const carriers = [
  'intake.CaseClosed.v1',
  'intake.CaseReopened.v1',
  'intake.CaseUnlinked.v1',
  'intake.ParentNewsNoted.v1',
] as const;

describe('The news of a case', () => {
  it('is looked for in every event that may be news, and in no other', () => {
    const told = eventTypes(topics.case.name).filter((type) => toldBy(event(type)) !== null);
    expect([...told].sort()).toEqual([...newsTypes].sort());
  });

  it.each(carriers.flatMap((type) => Object.entries(shown).map(([kind, of]) => [type, kind, of] as const)))(
    'in %s of a parent that was %s has its number and outcome, and its words as those of the notice',
    (type, kind, of) => {
      const told = toldBy(event(type, { parentNews: { kind, shown: of }, text: undefined }));
      const said = JSON.stringify(told);
      expect(said).toContain(parent);
      expect(said.split(words)).toHaveLength(kind === 'closed' && type === 'intake.CaseClosed.v1' ? 2 : 1);
    },
  );

  it.each(carriers.flatMap((type) => Object.keys(shown).map((kind) => [type, kind] as const)))(
    'in %s of a parent that may not be shown and was %s has nothing of it',
    (type, kind) => {
      const data = { parentNews: { kind }, text: undefined, followedParent: parent, parent };
      expect(JSON.stringify(toldBy(event(type, data)))).not.toContain(parent);
    },
  );

  it('of a link to a parent that may not be shown has no number', () => {
    const type = 'intake.CaseLinked.v1';
    expect(toldBy(event(type, { parentHidden: true }))).toEqual({ kind: 'linked', parent: null });
    expect(toldBy(event(type, { parentHidden: undefined }))).toEqual({ kind: 'linked', parent });
  });

  it('is none where a person takes cases apart', () => {
    expect(toldBy(event('intake.CaseUnlinked.v1', { parentNews: undefined }))).toBeNull();
  });

  it('is none where a route comes for a case that follows another, or that had ended', () => {
    const type = 'intake.CaseRouted.v1';
    expect(toldBy(event(type))).toMatchObject({ kind: 'routed' });
    expect(toldBy(event(type, { linkedTo: parent }))).toBeNull();
    expect(toldBy(event(type, { closedMeanwhile: true }))).toBeNull();
  });
});
