import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { standingOf, type CaseEvent } from '@city311/contracts';

import { routableCasesProjection, type RoutableCase } from './routable-cases.view.js';

const samples = join(import.meta.dirname, '../../../../libs/contracts/samples');
const caseNumber = '260000001236';
type Step = readonly [name: string, change?: object];
/** Where the sample is of a case that had ended. */
const isOpen: object = { closedMeanwhile: undefined };
const eventsOf = (steps: readonly Step[]): readonly CaseEvent[] =>
  (['CaseOpened', ...steps.map(([name]) => name)] as const).map((name, sequence) => {
    const sample = JSON.parse(readFileSync(join(samples, `intake.${name}.v1.json`), 'utf8')) as CaseEvent;
    const change = sequence === 0 ? {} : steps[sequence - 1]?.[1];
    return {
      ...sample,
      subject: caseNumber,
      sequence,
      data: { ...sample.data, caseNumber, ...isOpen, ...change },
    } as CaseEvent;
  });
const docOf = (events: readonly CaseEvent[]): RoutableCase | null =>
  events.reduce<RoutableCase | null>((doc, event) => routableCasesProjection.apply(doc, event), null);
const statusAfter = (...steps: readonly Step[]): string | undefined => docOf(eventsOf(steps))?.status;

const routed: Step = ['CaseRouted', { basis: 'rule' }];
const inTriage: Step = ['CaseRouted', { basis: 'triage' }];
const steps: readonly Step[] = [
  routed,
  inTriage,
  ['CaseReturnedToTriage'],
  ['CaseReferred'],
  ['CaseLinked'],
  ['CaseUnlinked'],
  ['CaseClosed'],
  ['CaseReopened'],
];

describe('Where routing sees a case', () => {
  it.each<readonly [string, string, ...Step[]]>([
    ['linked', 'that follows another is routed', ['CaseLinked'], routed],
    ['linked', 'that follows another is sent to triage', ['CaseLinked'], inTriage],
    ['linked', 'that follows another is handed back', routed, ['CaseLinked'], ['CaseReturnedToTriage']],
    ['linked', 'that follows another is referred', ['CaseLinked'], ['CaseReferred']],
    ['linked', 'comes back with its parent', inTriage, ['CaseLinked'], ['CaseClosed'], ['CaseReopened']],
    ['triage', 'leaves its parent', inTriage, ['CaseLinked'], ['CaseUnlinked']],
    [
      'triage',
      'was handed back while it followed',
      routed,
      ['CaseLinked'],
      ['CaseReturnedToTriage'],
      ['CaseUnlinked'],
    ],
    ['outside', 'comes back after it was referred', ['CaseReferred'], ['CaseClosed'], ['CaseReopened']],
    [
      'triage',
      'comes back for itself',
      inTriage,
      ['CaseLinked'],
      ['CaseClosed'],
      ['CaseUnlinked'],
      ['CaseReopened'],
    ],
    ['closed', 'is routed when it had ended', ['CaseClosed'], routed],
  ])('is %s where a case %s', (status, _, ...story) => {
    expect(statusAfter(...story)).toBe(status);
  });

  it('is the queue of triage exactly where an open case that follows nobody waits there', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...steps), { maxLength: 12 }), (story) => {
        const events = eventsOf(story);
        const standing = standingOf(events);
        const waits = standing?.status === 'open' && standing.parent === null && standing.with === 'triage';
        expect(docOf(events)?.status === 'triage').toBe(waits);
      }),
    );
  });
});
