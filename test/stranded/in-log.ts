import {
  findBreaches,
  orderStandingOf,
  standingOf,
  type Breach,
  type CaseEvent,
  type WorkOrderEvent,
} from '@city311/contracts';
import type { City } from '@city311/city';
import { workOrderTopicSource } from '@city311/departments';
import { caseTopicSource } from '@city311/intake';
import type { PublicEvent, RecordedEvent } from '@city311/kernel';
import type { TopicSource } from '@city311/messaging';

const streamsOf = <Event extends PublicEvent>(
  log: readonly RecordedEvent[],
  source: TopicSource,
): readonly (readonly Event[])[] => {
  const own = log.filter(({ stream }) => stream.startsWith(`${source.category}-`));
  return [...Map.groupBy(own, ({ stream }) => stream).values()].map((events) =>
    events.flatMap((event) => (source.translate(event) as Event | null) ?? []),
  );
};

/** What the model of `findBreaches` excludes of all the cases of a log that has come to rest. */
export const breachesIn = (log: readonly RecordedEvent[], city: City): readonly Breach[] => {
  const cases = streamsOf<CaseEvent>(log, caseTopicSource).flatMap((events) => standingOf(events) ?? []);
  const orders = streamsOf<WorkOrderEvent>(log, workOrderTopicSource).flatMap(
    (events) => orderStandingOf(events) ?? [],
  );
  return findBreaches({
    cases: new Map(cases.map((standing) => [standing.caseNumber, standing])),
    orders: Map.groupBy(orders, ({ caseNumber }) => caseNumber),
    mayJoin: (child, parent) => city.mayJoin(child.serviceCode, parent.serviceCode),
  });
};

/** Every moment of the log at which going from parent to parent led back to where one was. */
export const circlesIn = (log: readonly RecordedEvent[]): readonly string[] => {
  const parents = new Map<string, string>();
  const found: string[] = [];
  for (const { type, data, subject, stream, sequence } of log) {
    if (type === 'intake.CaseUnlinked.v1') parents.delete(subject);
    if (type !== 'intake.CaseLinked.v1') continue;
    parents.set(subject, (data as { readonly parent: string }).parent);
    const way = new Set([subject]);
    for (let next = parents.get(subject); next !== undefined; next = parents.get(next)) {
      if (way.has(next)) {
        found.push(`${stream}@${sequence}`);
        break;
      }
      way.add(next);
    }
  }
  return found;
};
