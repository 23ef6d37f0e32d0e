import type { Config } from '../config.js';
import { searchMails } from './mail-folder.js';
import { topicSources } from '../topic-sources.js';
import { categories, type OpsEngines } from './open.js';
import { scanLog } from './scan.js';
import { givesAway, protectedUnder, type Traces } from './traces.js';

/** One place that was searched. */
export interface Search {
  readonly place: string;
  readonly searched: number;
  /** Where something was found: names of streams, documents and files, never what they say. */
  readonly found: readonly string[];
  /** What else there is to tell. */
  readonly note?: string;
}

const mostParked = 100_000;
const mostNamed = 20;

const searchVault = async (traces: Traces, { vault }: OpsEngines): Promise<Search> => {
  const found: string[] = [];
  const erasures = await vault.erased();
  if ((await vault.keyIdOf(traces.author)) === traces.keyId) found.push(`key ${traces.keyId} is still there`);
  if (!erasures.some(({ keyId }) => keyId === traces.keyId))
    found.push(`no erasure of key ${traces.keyId} is noted`);
  if (traces.contactId !== null && (await vault.contacts([traces.contactId])).size > 0)
    found.push('the contact is still there');
  for (const text of traces.ciphertexts) {
    const [clear] = await vault.reveal([text]).catch(() => [null]);
    if (typeof clear === 'string') found.push('a text can still be read');
  }
  const note = `${traces.ciphertexts.length} protected text(s) tried, none may open`;
  return { place: 'vault', searched: 1 + traces.ciphertexts.length, found: [...new Set(found)], note };
};

const searchLog = async (traces: Traces, { store }: OpsEngines): Promise<Search> => {
  const isFound = givesAway(traces);
  const found: string[] = [];
  let searched = 0;
  let sealed = 0;
  for await (const { events } of scanLog(store, categories)) {
    searched += events.length;
    for (const event of events) {
      const json = JSON.stringify(event);
      if (json.includes(`p1.${traces.keyId}.`)) sealed += protectedUnder(traces.keyId, json).length;
      if (isFound(json)) found.push(`${event.stream}@${event.sequence}`);
    }
  }
  const note = `${sealed} text(s) stand there for good, under a key that is gone`;
  return { place: 'events', searched, found, note };
};

const searchViews = async (traces: Traces, engines: OpsEngines): Promise<readonly Search[]> => {
  const isFound = givesAway(traces);
  const searches: Search[] = [];
  for (const { name, view, stale } of await engines.knownViews()) {
    if (stale) {
      searches.push({
        place: `view ${name}`,
        searched: 0,
        found: ['it waits for a rebuild and could not be searched'],
      });
      continue;
    }
    const found: string[] = [];
    let searched = 0;
    for await (const doc of view.stream({})) {
      searched += 1;
      const json = JSON.stringify(doc);
      if (isFound(json)) found.push(traces.cases.find((one) => json.includes(one)) ?? 'a document');
    }
    const parked = await view.parked({ limit: mostParked });
    for (const { event } of parked)
      if (isFound(JSON.stringify(event))) found.push(`parked event ${event.id}`);
    searches.push({ place: `view ${name}`, searched: searched + parked.length, found });
  }
  return searches;
};

const searchParked = async (traces: Traces, { parked }: OpsEngines): Promise<Search> => {
  const isFound = givesAway(traces);
  const found: string[] = [];
  const messages = await parked.list({ limit: mostParked });
  for (const { group, eventId } of messages) {
    const shown = await parked.show(group, eventId);
    if (shown !== null && isFound(JSON.stringify(shown.event))) found.push(`${group} ${eventId}`);
  }
  return { place: 'parked messages', searched: messages.length, found };
};

/** A topic apart from the log keeps what was parked for its groups, too, as it was before it was parked. */
const searchTopic = async (traces: Traces, { topics }: OpsEngines, topic: string): Promise<Search> => {
  const isFound = givesAway(traces);
  const found: string[] = [];
  const whole = await topics.countAfter(topic, null);
  const stopping = new AbortController();
  let searched = 0;
  if (whole > 0) {
    const options = { after: null, batchSize: 500, signal: stopping.signal };
    for await (const { events } of topics.follow([topic], options)) {
      searched += events.length;
      for (const event of events) if (isFound(JSON.stringify(event))) found.push(event.id);
      if (searched >= whole) break;
    }
    stopping.abort();
  }
  return { place: `topic ${topic}`, searched, found };
};

const searchMessages = async (traces: Traces, engines: OpsEngines): Promise<readonly Search[]> => {
  if (engines.relayCheckpoints === null) return [await searchParked(traces, engines)];
  const searches: Search[] = [];
  for (const { topic } of topicSources) searches.push(await searchTopic(traces, engines, topic));
  return searches;
};

/** Every document of the database, whichever view or vault it belongs to, or belonged to once. */
const searchRecords = async (traces: Traces, { scanRecords }: OpsEngines): Promise<readonly Search[]> => {
  if (scanRecords === null) return [];
  const isFound = givesAway(traces);
  const found: string[] = [];
  const places = new Set<string>();
  let searched = 0;
  for await (const { place, json } of scanRecords()) {
    searched += 1;
    places.add(place);
    if (isFound(json)) found.push(place);
  }
  const note = `every document of all ${places.size} collections`;
  return [{ place: 'database', searched, found: [...new Set(found)], note }];
};

const searchMail = async (traces: Traces, { DATA_DIR, SMTP_URL, KAFKA_BROKERS }: Config): Promise<Search> => {
  const folder = `${DATA_DIR}/mail`;
  const { searched, found } = await searchMails(folder, givesAway(traces));
  const elsewhere = SMTP_URL === undefined && KAFKA_BROKERS !== undefined;
  const note = `${folder}; without a mail server, messages are files of each notifications process: run this once with the DATA_DIR of each`;
  return { place: 'mail folder', searched, found, ...(elsewhere ? { note } : {}) };
};

/** Searches everything that can be reached for what would give the person away. */
export const prove = async (
  traces: Traces,
  engines: OpsEngines,
  config: Config,
): Promise<readonly Search[]> => [
  await searchVault(traces, engines),
  await searchLog(traces, engines),
  ...(await searchViews(traces, engines)),
  ...(await searchRecords(traces, engines)),
  ...(await searchMessages(traces, engines)),
  await searchMail(traces, config),
];

export const isClean = (searches: readonly Search[]): boolean =>
  searches.every(({ found }) => found.length === 0);

/** The statement, a line for each place. */
export const statement = (searches: readonly Search[]): readonly string[] =>
  searches.map(({ place, searched, found, note }) => {
    const named = found.slice(0, mostNamed).join(', ');
    const result = found.length === 0 ? 'nothing found' : `FOUND ${found.length}: ${named}`;
    return `  ${place}: ${searched} searched, ${result}${note === undefined ? '' : ` (${note})`}`;
  });
