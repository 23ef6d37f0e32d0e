import { describe, expect, it } from '@jest/globals';

import { breachesOf, type CaseStanding, type Known } from '@city311/contracts';

import { remedyFor, remedySays } from './remedy.js';

const [oak, elm, ash] = ['260000000014', '260000000027', '260000000030'];
const standing = (caseNumber: string, more: object = {}): CaseStanding =>
  ({
    caseNumber,
    serviceCode: 'pothole',
    status: 'open',
    statusBy: 'CaseOpened@0',
    with: 'triage',
    withBy: 'CaseRouted@1',
    parent: null,
    parentBy: 'CaseLinked@2',
    closedWith: null,
    revision: 2,
    ...more,
  }) as CaseStanding;

const remedies = (...all: readonly CaseStanding[]): readonly string[] => {
  const known: Known = {
    cases: new Map(all.map((one) => [one.caseNumber, one])),
    orders: new Map(),
    mayJoin: (child, parent) => child.serviceCode === parent.serviceCode,
  };
  return all.flatMap((one) =>
    breachesOf(one, known).map((breach) => `${one.caseNumber} ${remedySays(remedyFor(breach, one, known))}`),
  );
};
const apart = (one: string, from: string): string =>
  `${one} taken apart from ${from}, to be handled for itself`;

describe('What mends a case', () => {
  it('whose parent has closed is its close, and where it was opened again since, to be on its own', () => {
    const parent = standing(oak, { status: 'closed' });
    expect(remedies(parent, standing(elm, { parent: oak }))).toEqual([`${elm} closed with ${oak}`]);
    const reopened = standing(elm, { parent: oak, statusBy: 'CaseReopened@5' });
    expect(remedies(parent, reopened)).toEqual([apart(elm, oak)]);
  });

  it('whose parent was withdrawn, is no case, or is of another kind, is to be on its own', () => {
    const child = standing(elm, { parent: oak });
    expect(remedies(standing(oak, { status: 'withdrawn' }), child)).toEqual([apart(elm, oak)]);
    expect(remedies(child)).toEqual([apart(elm, oak)]);
    expect(remedies(standing(oak, { serviceCode: 'lamp' }), child)).toEqual([apart(elm, oak)]);
  });

  it('whose parent follows another is to follow that one', () => {
    const all = [standing(oak), standing(elm, { parent: oak }), standing(ash, { parent: elm })];
    expect(remedies(...all)).toEqual([`${ash} joined to ${oak}, as ${elm} is`]);
  });

  it('in a circle is to be on its own where its number is the smallest; the others wait for that', () => {
    const circle = [
      standing(elm, { parent: ash }),
      standing(ash, { parent: oak }),
      standing(oak, { parent: elm }),
    ];
    const outside = standing('259999999994', { parent: ash });
    const wait = 'mended with the case that it follows';
    expect(remedies(...circle, outside)).toEqual([
      `${elm} ${wait}`,
      `${ash} ${wait}`,
      apart(oak, elm),
      `259999999994 ${wait}`,
    ]);
  });

  it('that was closed with one that goes on is to be opened again with it, where it may follow it', () => {
    const child = standing(elm, { status: 'closed', parent: oak, closedWith: oak });
    expect(remedies(standing(oak), child)).toEqual([`${elm} opened again with ${oak}`]);
    expect(remedies(standing(oak, { serviceCode: 'lamp' }), child)).toEqual([apart(elm, oak)]);
    expect(remedies(standing(oak, { status: 'withdrawn' }), child)).toEqual([apart(elm, oak)]);
    expect(remedies(standing(oak, { status: 'closed' }), { ...child, parent: null })).toEqual([
      `${elm} opened again`,
    ]);
  });
});
