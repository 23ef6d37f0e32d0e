import { isCaseNumber } from '@city311/domain-intake';
import type { EventStore } from '@city311/eventing';
import { caseByAlias, type CaseReferencesDoc } from '@city311/intake';
import { streamName, type RecordedEvent, type StreamName } from '@city311/kernel';
import type { View } from '@city311/read-models';

import { word, type OpsCommand } from './command.js';
import { viewNamed, type KnownView } from './known-views.js';
import { inShort, masked } from './masked.js';
import { withEngines, type OpsEngines } from './open.js';

const mostOrders = 20;

const textIn = (doc: object, member: string): string => {
  const value: unknown = Object.entries(doc).find(([name]) => name === member)?.[1];
  return typeof value === 'string' ? value : '';
};

/** The number itself, or that of the case which an older system knew by it. @throws RangeError  nobody knows it */
export const caseNumberOf = async (given: string, engines: OpsEngines): Promise<string> => {
  const digits = given.replace(/[\s-]/g, '');
  if (isCaseNumber(digits)) return digits;
  const { view } = viewNamed(await engines.knownViews(), 'case_references');
  const { olderSystem } = engines.city;
  const found = await caseByAlias(
    view as View<CaseReferencesDoc>,
    given,
    olderSystem === null ? [] : [olderSystem],
  );
  if (found !== null) return found;
  throw new RangeError(
    `${given} is no case number, and no other system's number that is known and means one case (system:number)`,
  );
};

/** Streams that are known by views only: their names hold more than the case number. */
const followed = async (views: readonly KnownView[], caseNumber: string): Promise<readonly StreamName[]> => {
  const named = async (view: string, category: string, idOf: (doc: object) => string) => {
    const { items } = await viewNamed(views, view).view.find({ where: { caseNumber }, limit: 1_000 });
    return items.map((doc) => streamName(category, idOf(doc)));
  };
  return [
    ...(await named('notices', 'notifications.notice', (doc) => textIn(doc, 'noticeId'))),
    ...(await named(
      'subscriptions',
      'notifications.subscription',
      (doc) => `${caseNumber}-${textIn(doc, 'contactId')}`,
    )),
  ];
};

/** Everything that any service recorded about a case, in the order of the log. */
export const storyOf = async (
  caseNumber: string,
  { store }: { readonly store: EventStore },
  views: readonly KnownView[],
): Promise<readonly RecordedEvent[]> => {
  const orders = Array.from({ length: mostOrders }, (_, n) =>
    streamName('departments.workorder', `${caseNumber}-${n + 1}`),
  );
  const streams = [
    ...['intake.case', 'intake.incident', 'routing.case'].map((category) => streamName(category, caseNumber)),
    ...orders,
    ...(await followed(views, caseNumber)),
  ];
  const found = await store.readStreams(streams);
  return [...found.values()].flat().sort((one, other) => (one.position < other.position ? -1 : 1));
};

export const caseCommands: readonly OpsCommand[] = [
  {
    name: 'case',
    says: 'The story of a case across all services, in the order in which it was recorded.',
    more: ["<number> is a case number or an older system's number for it. Notices come from their view."],
    words: ['number'],
    flags: { json: 'events as JSON, with their data; what people wrote stays hidden' },
    run: (given, { settings, out }) =>
      withEngines(settings(), async (engines) => {
        const caseNumber = await caseNumberOf(word(given, 'number'), engines);
        const events = await storyOf(caseNumber, engines, await engines.knownViews());
        if (events.length === 0) throw new RangeError(`there is no case ${caseNumber}`);
        if (given.flags.has('json'))
          out.json(events.map((event) => ({ ...event, data: masked(event.data) })));
        else
          out.table(
            events.map(({ time, stream, sequence, type, actor, data }) => [
              time,
              type.replace(/\.v\d+$/, ''),
              `${stream}@${sequence}`,
              actor,
              inShort(data),
            ]),
          );
        return 0;
      }),
  },
];
