import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { foldCase, type CaseEvent, type CaseView } from '@city311/contracts';

import { parentsOf, withoutHiddenParents } from './case-document.js';

const samples = join(import.meta.dirname, '../../../../libs/contracts/samples');
const [caseNumber, oak, elm] = ['260000001236', '260000000014', '260000000027'];

/** A case of these events, each given by its bare name and what differs from the sample. */
const viewOf = (...steps: readonly (readonly [name: string, change?: object])[]): CaseView => {
  const events = steps.map(([name, change], sequence) => {
    const sample = JSON.parse(readFileSync(join(samples, `intake.${name}.v1.json`), 'utf8')) as CaseEvent;
    return { ...sample, sequence, data: { ...sample.data, caseNumber, ...change } } as CaseEvent;
  });
  const view = foldCase(events);
  if (view === null) throw new Error('there is no case');
  return view;
};
const link = (parent: string, parentHidden?: true) => ['CaseLinked', { parent, parentHidden }] as const;
const unlink = (parent: string) => ['CaseUnlinked', { parent }] as const;
const closedWith = (followedParent: string) => ['CaseClosed', { followedParent }] as const;

const stories: Readonly<Record<string, CaseView>> = {
  'follows it': viewOf(['CaseOpened'], link(oak)),
  'followed it once': viewOf(['CaseOpened'], link(oak), unlink(oak)),
  'was closed with it': viewOf(['CaseOpened'], link(oak), closedWith(oak)),
  'was closed with it and opened again': viewOf(
    ['CaseOpened'],
    link(oak),
    closedWith(oak),
    unlink(oak),
    ['CaseReopened'],
    link(elm),
  ),
};

describe('What the public sees of a case whose parent may not be shown', () => {
  it.each(Object.keys(stories))('that %s does not have its number', (name) => {
    const view = stories[name];
    if (view === undefined) throw new Error(name);
    expect(JSON.stringify(view)).toContain(oak);
    const open = withoutHiddenParents(view, (parent) => parent !== oak);
    expect(JSON.stringify(open)).not.toContain(oak);
    expect(open.parent).toBe(name.endsWith('again') ? elm : null);
    expect(withoutHiddenParents(view, () => true)).toEqual(view);
  });

  it('does not have it either where the link said so and the parent may be shown since', () => {
    const view = viewOf(['CaseOpened'], link(oak, true), closedWith(oak));
    expect(JSON.stringify(withoutHiddenParents(view, () => true))).not.toContain(oak);
  });

  it('asks of every parent that the case ever had, once', () => {
    const view = viewOf(['CaseOpened'], link(oak), unlink(oak), link(elm), unlink(elm), link(oak));
    expect(parentsOf(view)).toEqual([oak, elm]);
  });
});
