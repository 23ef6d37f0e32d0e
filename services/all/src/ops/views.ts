import { askAsOperator, processUrl } from './ask-process.js';
import { word, type Given, type Ops, type OpsCommand } from './command.js';
import { viewNamed, type KnownView } from './known-views.js';
import { asOnTopic, withEngines, type OpsEngines } from './open.js';
import { heldOf } from './relays.js';
import { hasCaughtUp } from './standing.js';
import { topicSources } from '../topic-sources.js';
import { ViewVerifier } from './verify-view.js';

const firstShown = 20;
const progressEvery = 100_000;

const list = async ({ flags }: Given, { settings, out }: Ops): Promise<number> =>
  withEngines(settings(), async ({ knownViews, leases }) => {
    const lines = await Promise.all(
      (await knownViews()).map(async ({ name, version, topic, view, stale }) => ({
        view: name,
        version,
        topic,
        documents: stale ? null : ((await view.count({}))[0]?.count ?? 0),
        position: await view.checkpoint(),
        parked: await view.parkedCount(),
        stale,
        holder: (await leases.current(`view:${name}`))?.holder ?? null,
      })),
    );
    if (flags.has('json')) out.json(lines);
    else
      out.table([
        ['view', 'version', 'documents', 'parked', 'position', 'filled by'],
        ...lines.map(({ view, version, documents, parked, position, stale, holder }) => [
          view,
          String(version),
          stale ? 'waits for a rebuild' : String(documents),
          String(parked),
          position ?? 'not begun',
          holder ?? 'nobody',
        ]),
      ]);
    return 0;
  });

const rebuildHere = async (known: KnownView): Promise<number> => {
  // Without the lease it fills nothing but the new generation.
  const runner = await known.run({ isHeld: () => false });
  try {
    return (await runner.rebuild()).events;
  } finally {
    await runner.stop();
  }
};

const eventsIn = (body: unknown): number =>
  typeof body === 'object' && body !== null && 'events' in body && typeof body.events === 'number'
    ? body.events
    : 0;

const rebuild = async (given: Given, { settings, out }: Ops): Promise<number> => {
  const config = settings();
  return withEngines(config, async (engines) => {
    const known = viewNamed(await engines.knownViews(), word(given, 'name'));
    const startedAt = performance.now();
    const path = `/api/views/${known.name}/rebuild`;
    const url = given.texts['url'] ?? processUrl(config);
    const reply = given.flags.has('here') ? null : await askAsOperator(url, engines.apiKeys, 'POST', path);
    const byProcess = reply?.status === 200;
    if (reply !== null && !byProcess && reply.status !== 404)
      throw new RangeError(
        `the process at ${url ?? ''} answered ${reply.status} to the rebuild: see its log`,
      );
    const events = byProcess ? eventsIn(reply.body) : await rebuildHere(known);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    const by = byProcess ? `by the process at ${url ?? ''}` : 'by this command';
    out.line(`${known.name} was built anew from ${events} events in ${seconds} s, ${by}, and swapped in`);
    return 0;
  });
};

export const verifyView = (engines: OpsEngines, known: KnownView, onProgress?: (events: number) => void) => {
  const source = topicSources.find(({ topic }) => topic === known.topic);
  if (source === undefined) throw new RangeError(`${known.topic} is no topic`);
  return new ViewVerifier({
    known,
    category: source.category,
    store: engines.store,
    hasCaughtUp: (patienceMs) => hasCaughtUp(known, engines, patienceMs),
    heldStreams: async () => new Set((await heldOf(engines, known.topic)).map(({ stream }) => stream)),
    onTopic: (stored) => asOnTopic(known.topic, stored, engines),
    most: firstShown,
    ...(onProgress === undefined ? {} : { onProgress }),
  }).run();
};

const verify = async (given: Given, { settings, out }: Ops): Promise<number> =>
  withEngines(settings(), async (engines) => {
    const known = viewNamed(await engines.knownViews(), word(given, 'name'));
    if (known.stale) throw new RangeError(`${known.name} waits for a rebuild: there is nothing to compare`);
    let told = 0;
    const found = await verifyView(engines, known, (events) => {
      if (events - told < progressEvery) return;
      told = events;
      out.note(`${events} events`);
    });
    const { streams, events, documents, inView, behind, heldBack, differing, differences } = found;
    if (given.flags.has('json')) out.json({ view: known.name, ...found });
    else {
      for (const { key, stream, says } of differences)
        out.line(key === '' ? says : `${key} (${stream}): ${says}`);
      if (differing > differences.length) out.line(`… and ${differing - differences.length} more`);
      if (behind > 0)
        out.line(`${behind} document(s) are behind: the view has not taken the newest events yet`);
      if (heldBack > 0) out.line(`${heldBack} document(s) are held back by parked events: see parked list`);
      if (inView === null) out.line('reports come in so fast that the number of documents was not compared');
      out.line(
        `${known.name}: ${streams} streams, ${events} events, ${documents} documents compared: ${
          differing === 0 ? 'none differs' : `${differing} differ`
        }`,
      );
    }
    return differing === 0 ? 0 : 1;
  });

export const viewCommands: readonly OpsCommand[] = [
  {
    name: 'views list',
    says: 'Every view: version, documents, position, parked events, who fills it.',
    flags: { json: 'as JSON' },
    run: list,
  },
  {
    name: 'views rebuild',
    says: 'Builds a view anew from its topic beside the live one, which serves on, then swaps the two.',
    more: [
      'By the process that answers at HOST and PORT of the settings (or --url), else by this command itself.',
    ],
    words: ['name'],
    texts: { url: 'URL' },
    flags: { here: 'by this command itself, also where a process runs' },
    run: rebuild,
  },
  {
    name: 'views verify',
    says: 'Folds every stream anew and compares with the live view, document by document.',
    more: [
      'Exit code 1 when a document differs; the first differences are told. Works while reports come in.',
    ],
    words: ['name'],
    flags: { json: 'as JSON' },
    run: verify,
  },
];
