import { processHolder } from '@city311/scheduling';

import { holdLease } from '../engines/held-lease.js';
import { askAsOperator, processUrl } from './ask-process.js';
import { text, type Given, type Ops, type OpsCommand } from './command.js';
import { viewNamed, type KnownView } from './known-views.js';
import { masked } from './masked.js';
import { withEngines, type OpsEngines } from './open.js';
import { heldOf, isRelay, placeOf, relayName, showHeld, topicOfRelay, tryHeldAgain } from './relays.js';
import { topicSources } from '../topic-sources.js';

const mostListed = 1_000;
const leaseMs = 10_000;

interface ParkedLine {
  readonly parkedAt: string;
  /** `view:<name>` for a view, `relay:<topic>` for a relay. */
  readonly group: string;
  /** Case number; the document's key for a view. */
  readonly case: string;
  readonly type: string;
  /** `<stream>@<sequence>` for a relay. */
  readonly eventId: string;
  readonly attempts: number | null;
  readonly reason: string;
}

const isView = (group: string): boolean => group.startsWith('view:');

const linesOfView = async ({ name, view }: KnownView, key?: string): Promise<readonly ParkedLine[]> => {
  const parked = await view.parked({ limit: mostListed, ...(key === undefined ? {} : { key }) });
  return parked.map(({ key: document, reason, parkedAt, event }) => ({
    parkedAt,
    group: `view:${name}`,
    case: document,
    type: event.type,
    eventId: event.id,
    attempts: null,
    reason,
  }));
};

const viewsAsked = async (engines: OpsEngines, group: string | undefined): Promise<readonly KnownView[]> => {
  if (group !== undefined && !isView(group)) return [];
  const views = await engines.knownViews();
  return group === undefined ? views : [viewNamed(views, group)];
};

/** What relays keep back, because it cannot be translated or is too large for the broker. */
const linesOfRelays = async (
  engines: OpsEngines,
  group: string | undefined,
  caseNumber: string | undefined,
): Promise<readonly ParkedLine[]> => {
  if (group !== undefined && !isRelay(group)) return [];
  const topics =
    group === undefined ? topicSources.map(({ topic }) => topic) : [topicOfRelay(group, engines)];
  const lines = topics.map(async (topic) =>
    (await heldOf(engines, topic, mostListed))
      .filter(({ subject }) => caseNumber === undefined || subject === caseNumber)
      .map((held) => ({
        parkedAt: held.heldAt,
        group: relayName(topic),
        case: held.subject,
        type: held.type,
        eventId: placeOf(held),
        attempts: null,
        reason: held.reason,
      })),
  );
  return (await Promise.all(lines)).flat();
};

const list = async ({ texts, flags }: Given, { settings, out }: Ops): Promise<number> =>
  withEngines(settings(), async (engines) => {
    const { group, case: caseNumber } = texts;
    const ofGroups =
      group !== undefined && (isView(group) || isRelay(group))
        ? []
        : await engines.parked.list({
            limit: mostListed,
            ...(group === undefined ? {} : { group }),
            ...(caseNumber === undefined ? {} : { caseNumber }),
          });
    const ofViews = await Promise.all(
      (await viewsAsked(engines, group)).map((view) => linesOfView(view, caseNumber)),
    );
    const lines: ParkedLine[] = [
      ...(await linesOfRelays(engines, group, caseNumber)),
      ...ofGroups.map(({ parkedAt, group: name, caseNumber: number, type, eventId, attempts, reason }) => ({
        parkedAt,
        group: name,
        case: number,
        type,
        eventId,
        attempts,
        reason,
      })),
      ...ofViews.flat(),
    ];
    if (flags.has('json')) {
      out.json(lines);
      return 0;
    }
    for (const one of lines)
      out.line(
        [one.parkedAt, one.group, one.case, one.type, one.eventId, one.attempts ?? '-', one.reason].join(
          '\t',
        ),
      );
    out.line(`${lines.length} parked`);
    return 0;
  });

const show = async (given: Given, { settings, out }: Ops): Promise<number> =>
  withEngines(settings(), async (engines) => {
    const [group, eventId] = [text(given, 'group'), text(given, 'event')];
    if (isView(group)) {
      const { view } = viewNamed(await engines.knownViews(), group);
      const found = (await view.parked({ limit: 10_000 })).find(({ event }) => event.id === eventId);
      if (found === undefined) throw new RangeError(`${group} has not parked ${eventId}`);
      out.json({ ...found, event: { ...found.event, data: masked(found.event.data) } });
      return 0;
    }
    if (isRelay(group)) {
      const { message, event } = await showHeld(engines, topicOfRelay(group, engines), eventId);
      out.json({ message, event: { ...event, data: masked(event.data) } });
      return 0;
    }
    const found = await engines.parked.show(group, eventId);
    if (found === null) throw new RangeError(`${group} has not parked ${eventId}`);
    out.json({ message: found.message, event: { ...found.event, data: masked(found.event.data) } });
    return 0;
  });

/** Whoever fills the view tries its parked events again; where nobody does, this process, for the moment. */
const retryView = async (
  known: KnownView,
  key: string | undefined,
  engines: OpsEngines,
  url: string | null,
): Promise<number> => {
  const lease = await holdLease(engines.leases, `view:${known.name}`, processHolder(), leaseMs);
  try {
    if (lease.isHeld()) {
      const runner = await known.run({ isHeld: () => false });
      try {
        return await runner.retryParked(key);
      } finally {
        await runner.stop();
      }
    }
  } finally {
    await lease.stop();
  }
  const reply = await askAsOperator(url, engines.apiKeys, 'POST', `/api/views/${known.name}/retry`);
  if (reply?.status === 200) return taken(reply.body);
  const who = (await engines.leases.current(`view:${known.name}`))?.holder ?? 'another process';
  throw new RangeError(
    `${who} fills ${known.name} and must try it again, but does not answer at ${url ?? 'any known address'}: give its address with --url`,
  );
};

const taken = (body: unknown): number =>
  typeof body === 'object' && body !== null && 'taken' in body && typeof body.taken === 'number'
    ? body.taken
    : 0;

const resend = async (given: Given, { settings, out }: Ops): Promise<number> => {
  const config = settings();
  return withEngines(config, async (engines) => {
    const group = text(given, 'group');
    const { case: caseNumber, url } = given.texts;
    if (isRelay(group)) {
      const { relayed, held, nobody } = await tryHeldAgain(engines, topicOfRelay(group, engines));
      out.line(
        nobody
          ? `nobody relays at the moment: the next one tries the ${held} held event(s) when it starts`
          : `${relayed} relayed, ${held} still held`,
      );
      return 0;
    }
    if (!isView(group)) {
      const count = await engines.parked.resend(group, caseNumber);
      out.line(`${count} in line to be tried again`);
      return 0;
    }
    const known = viewNamed(await engines.knownViews(), group);
    const count = await retryView(known, caseNumber, engines, url ?? processUrl(config));
    out.line(`${count} taken, ${await known.view.parkedCount()} still parked`);
    return 0;
  });
};

export const parkedCommands: readonly OpsCommand[] = [
  {
    name: 'parked list',
    says: 'Messages that could not be handled, and those queued behind them: of consumer groups, views and relays.',
    more: [
      `At most ${mostListed} of the groups and of each view. A view is named view:<name>.`,
      'relay:<topic> holds what cannot be brought to its topic, and what follows in the same case.',
    ],
    texts: { group: 'GROUP', case: 'NUMBER' },
    flags: { json: 'as JSON' },
    run: list,
  },
  {
    name: 'parked show',
    says: 'One parked message with its event; what people wrote stays hidden.',
    texts: { group: 'GROUP!', event: 'ID!' },
    run: show,
  },
  {
    name: 'parked resend',
    says: 'Has parked messages tried again, in order, case by case.',
    more: [
      'For a view, its process is asked at HOST and PORT of the settings, or at --url. A relay tries all its cases.',
    ],
    texts: { group: 'GROUP!', case: 'NUMBER', url: 'URL' },
    run: resend,
  },
];
