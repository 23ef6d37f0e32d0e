import type { Anomaly } from '../history.js';
import { dataOf, idOf, nameOf, onceAfter, type Log, type Placed, type Standing } from '../log-model.js';
import { textOf } from '../../server/json.js';
import { isOver } from './fates.js';

const anomaly = (code: string, says: string, at: readonly Placed[]): Anomaly => ({
  promise: 3,
  code,
  says,
  events: at.map(nameOf),
});

const groupBy = (
  events: readonly Placed[],
  keyOf: (placed: Placed) => string,
): ReadonlyMap<string, Placed[]> => {
  const groups = new Map<string, Placed[]>();
  for (const placed of events) {
    const key = keyOf(placed);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [placed]);
    else group.push(placed);
  }
  return groups;
};

const checkSequences = (log: Log): Anomaly[] => {
  const found: Anomaly[] = [];
  for (const [stream, events] of log.streams) {
    const wrong = events.findIndex(({ event }, index) => event.sequence !== index);
    if (wrong < 0) continue;
    const says = `${stream} goes ${events.map(({ event }) => event.sequence).join(', ')}`;
    found.push(anomaly('broken-sequence', says, events.slice(Math.max(wrong - 1, 0), wrong + 1)));
  }
  for (const [id, events] of groupBy(log.all, ({ event }) => event.id)) {
    if (events.length > 1) found.push(anomaly('same-event-twice', `event ${id} stands twice`, events));
  }
  return found;
};

const checkEffects = (log: Log): Anomaly[] => {
  const caused = log.all.filter(({ event }) => event.causationId !== undefined);
  const keyOf = ({ event }: Placed): string => `${event.causationId ?? ''} ${event.stream} ${event.type}`;
  return [...groupBy(caused, keyOf).values()].flatMap((events) =>
    events.length < 2
      ? []
      : [anomaly('effect-twice', `one cause had the same effect ${events.length} times`, events)],
  );
};

const notOpen = ({ status }: Standing): boolean => status !== 'open';

/** Effects that must follow from a cause unless the case was overtaken in the way named. */
const consequences: readonly {
  readonly cause: string;
  readonly effects: readonly string[];
  readonly overtaken: (standing: Standing, cause: Placed) => boolean;
}[] = [
  {
    cause: 'intake.CaseOpened.v1',
    effects: [
      'routing.RouteDecided.v1',
      'routing.SentToTriage.v1',
      'routing.FoundOutsideCity.v1',
      'routing.ImportedRouteNoted.v1',
    ],
    overtaken: notOpen,
  },
  {
    cause: 'routing.RouteDecided.v1',
    effects: ['intake.CaseRouted.v1'],
    overtaken: notOpen,
  },
  {
    cause: 'routing.FoundOutsideCity.v1',
    effects: ['intake.CaseReferred.v1'],
    overtaken: notOpen,
  },
  {
    cause: 'departments.WorkOrderCompleted.v1',
    effects: ['intake.CaseClosed.v1'],
    overtaken: notOpen,
  },
  {
    cause: 'departments.WorkOrderHandedBack.v1',
    effects: ['intake.CaseReturnedToTriage.v1'],
    // An operator may have sent the case elsewhere meanwhile.
    overtaken: (standing, cause) =>
      notOpen(standing) ||
      standing.with.stage !== 'department' ||
      standing.with.departmentId !== textOf(dataOf(cause)['departmentId']),
  },
];

const checkConsequences = (log: Log): Anomaly[] =>
  consequences.flatMap(({ cause, effects, overtaken }) =>
    log.typed(cause).flatMap((placed) => {
      if (log.causedBy(placed).some(({ event }) => effects.includes(event.type))) return [];
      const ofCase = log.stream(`intake.case-${placed.event.subject}`);
      if (onceAfter(ofCase, placed.place, (standing) => overtaken(standing, placed))) return [];
      return [anomaly('effect-missing', `nothing followed from ${placed.event.type}`, [placed])];
    }),
  );

const checkIssues = (log: Log): Anomaly[] => {
  const keyOf = (placed: Placed): string =>
    `${placed.event.subject} ${textOf(dataOf(placed)['causedBySequence'])}`;
  return [...groupBy(log.typed('departments.WorkOrderIssued.v1'), keyOf)].flatMap(([key, events]) =>
    events.length < 2 ? [] : [anomaly('issued-twice', `one route, several work orders: ${key}`, events)],
  );
};

/** Walks the log: at no moment may a case have two work orders that are not over. */
const checkDepartments = (log: Log): Anomaly[] => {
  const found: Anomaly[] = [];
  const active = new Map<string, Map<string, Placed>>();
  for (const placed of log.all) {
    const { stream, type, subject } = placed.event;
    if (!type.startsWith('departments.')) continue;
    const ofCase = active.get(subject) ?? new Map<string, Placed>();
    active.set(subject, ofCase);
    if (isOver([placed])) ofCase.delete(idOf(stream));
    if (type !== 'departments.WorkOrderIssued.v1') continue;
    if (ofCase.size > 0) {
      const says = `case ${subject} was with two departments at once`;
      found.push(anomaly('two-departments', says, [...ofCase.values(), placed]));
    }
    ofCase.set(idOf(stream), placed);
  }
  return found;
};

/** Promise 3: order holds in every stream, and every consumer had each effect once. */
export const checkOrder = (log: Log): readonly Anomaly[] => [
  ...checkSequences(log),
  ...checkEffects(log),
  ...checkConsequences(log),
  ...checkIssues(log),
  ...checkDepartments(log),
];
