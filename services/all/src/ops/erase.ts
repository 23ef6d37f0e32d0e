import { setTimeout as sleep } from 'node:timers/promises';

import { isCaseNumber } from '@city311/domain-intake';
import { streamName, type ContactId } from '@city311/kernel';
import { processHolder } from '@city311/scheduling';
import type { Author, Vault } from '@city311/vault';

import type { Config } from '../config.js';
import { holdLease } from '../engines/held-lease.js';
import type { Given, Ops, OpsCommand } from './command.js';
import type { KnownView } from './known-views.js';
import { deleteMailsTo } from './mail-folder.js';
import { withEngines, type OpsEngines } from './open.js';
import { isClean, prove, statement, type Search } from './proof.js';
import { hasCaughtUp } from './standing.js';
import { tellCases, untoldLines, type UntoldCase } from './tell-cases.js';
import { tracesOf, type Traces } from './traces.js';

const ways = ['case', 'email', 'phone', 'contact'];
const leaseMs = 10_000;
const patienceMs = 60_000;
const lookAgainMs = 1_500;

const authorOf = async ({ texts }: Given, vault: Vault): Promise<Author> => {
  const { case: caseNumber, email, phone, contact } = texts;
  if (caseNumber !== undefined) return `case:${caseNumber}`;
  if (contact !== undefined) return `contact:${contact}`;
  const found: ContactId | null = await vault.findContact(
    email === undefined ? { phone: phone ?? '' } : { email },
  );
  if (found !== null) return `contact:${found}`;
  throw new RangeError('nobody is known by that; somebody erased before is proved again by --contact ID');
};

/** The key that the author has, or had until the last erasure. */
const keyOf = async (author: Author, vault: Vault): Promise<string> => {
  const keyId =
    (await vault.keyIdOf(author)) ??
    (await vault.erased()).findLast((erasure) => erasure.author === author)?.keyId;
  if (keyId === undefined) throw new RangeError('nothing was written under that name');
  return keyId;
};

/** People who wrote in a case under their own name; none where a person is erased, not a case. */
const contactsIn = async (author: Author, { store }: OpsEngines): Promise<readonly string[]> => {
  if (!author.startsWith('case:')) return [];
  const events = await store.readStream(streamName('intake.case', author.slice('case:'.length)));
  const ids = events.flatMap(({ data }) =>
    typeof data === 'object' && data !== null && 'contactId' in data && typeof data.contactId === 'string'
      ? [data.contactId]
      : [],
  );
  return [...new Set(ids)];
};

const nothingAnonymous = (others: readonly string[]): RangeError =>
  new RangeError(
    others.length === 0
      ? 'nobody wrote anything in that case'
      : `all that was written in that case has a name to it; to erase the person everywhere: erase --contact ${others.join(', or erase --contact ')}`,
  );

/** Waits until the view has seen the erasure; where nobody fills it, this process does, until then. */
const letViewForget = async (known: KnownView, engines: OpsEngines): Promise<boolean> => {
  const lease = await holdLease(engines.leases, `view:${known.name}`, processHolder(), leaseMs);
  const runner = lease.isHeld() ? await known.run(lease) : null;
  try {
    return await hasCaughtUp(known, engines, patienceMs);
  } finally {
    await runner?.stop();
    await lease.stop();
  }
};

/** Key first: from then on nothing can be read, whatever breaks. Then every case is told, so that views drop the words. */
const forget = async (
  { author, keyId, cases }: Traces,
  { vault, store }: OpsEngines,
  at: string,
): Promise<readonly UntoldCase[]> => {
  await vault.erase(author, at);
  return tellCases(store, cases, { author, keyId, at });
};

/** Views that still hold something: a rebuild reads what the log says now, and the key is gone. */
const viewsToRebuild = (searches: readonly Search[]): readonly string[] =>
  searches.flatMap(({ place, found }) =>
    place.startsWith('view ') && found.length > 0 ? [place.slice('view '.length)] : [],
  );

/** Where events reach the views by way of a broker, the erasure may still be under way to it: looks again, a few times. */
const proveInTime = async (
  traces: Traces,
  engines: OpsEngines,
  config: Config,
): Promise<readonly Search[]> => {
  for (let left = 4; ; left -= 1) {
    const searches = await prove(traces, engines, config);
    if (left === 0 || isClean(searches)) return searches;
    await sleep(lookAgainMs);
  }
};

const run = async (given: Given, { settings, out }: Ops): Promise<number> => {
  const config = settings();
  return withEngines(config, async (engines) => {
    const author = await authorOf(given, engines.vault);
    const traces = await tracesOf(author, await keyOf(author, engines.vault), engines);
    const others = await contactsIn(author, engines);
    if (traces.ciphertexts.length === 0 && author.startsWith('case:')) throw nothingAnonymous(others);
    const untold = await forget(traces, engines, engines.clock.now().toISOString());
    const mails =
      traces.contactId === null ? 0 : await deleteMailsTo(`${config.DATA_DIR}/mail`, traces.contactId);
    const late: string[] = [];
    for (const known of await engines.knownViews())
      if (!(await letViewForget(known, engines))) late.push(known.name);
    const searches = await proveInTime(traces, engines, config);
    const clean = isClean(searches) && late.length === 0;
    if (given.flags.has('json')) {
      const { keyId, cases, tooShort } = traces;
      out.json({
        author,
        keyId,
        cases,
        mailsDeleted: mails,
        casesNotTold: untold,
        viewsBehind: late,
        textsTooShort: tooShort,
        searches,
        clean,
      });
      return clean ? 0 : 1;
    }
    out.line(`Erased ${author} (key ${traces.keyId}); ${traces.cases.length - untold.length} case(s) told.`);
    for (const line of untoldLines(untold)) out.line(line);
    if (mails > 0) out.line(`${mails} copies of messages deleted from the mail folder.`);
    for (const name of late)
      out.line(`View ${name} has not seen the erasure within a minute: run this again.`);
    out.line('Searched for e-mail, phone, key and what was written:');
    for (const line of statement(searches)) out.line(line);
    if (traces.tooShort > 0)
      out.line(`  ${traces.tooShort} text(s) are too short to be anybody's and were not looked for.`);
    for (const name of viewsToRebuild(searches))
      out.line(`The case may be parked for ${name}: npm run ops -- views rebuild ${name} makes it forget.`);
    out.line(
      clean
        ? 'Nothing was found. The history stands; what the person wrote is gone.'
        : 'NOT CLEAN: look at what was found above, then run this again.',
    );
    out.line(
      'Note the erasure outside this system, for restoring older backups: ops erasures export <file>.',
    );
    return clean ? 0 : 1;
  });
};

export const eraseCommands: readonly OpsCommand[] = [
  {
    name: 'erase',
    says: 'Erases whoever wrote, for good, then searches everything for traces and tells what was searched.',
    more: [
      'By the person (--email, --phone, --contact), or by --case where a report named nobody.',
      'Exit code 1 when anything is found. Whoever was erased before is searched for again.',
    ],
    texts: { case: 'NUMBER', email: 'ADDRESS', phone: 'NUMBER', contact: 'ID' },
    flags: { json: 'the statement as JSON' },
    faultsOf: ({ texts }) => {
      const given = ways.filter((way) => texts[way] !== undefined);
      const faults =
        given.length === 1 ? [] : [`one of ${ways.map((way) => `--${way}`).join(', ')} is needed`];
      const number = texts['case'];
      return number === undefined || isCaseNumber(number)
        ? faults
        : [...faults, `${number} is no case number`];
    },
    run,
  },
];
