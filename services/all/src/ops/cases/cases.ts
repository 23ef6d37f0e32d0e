import { isCaseNumber } from '@city311/domain-intake';

import type { Given, Ops, OpsCommand } from '../command.js';
import { withEngines, type OpsEngines } from '../open.js';
import { lookAtCases, type Look } from './look.js';
import { mayJoin } from './may-join.js';
import { CaseMender, type Mended } from './mend-case.js';
import type { Stranded } from './stranded.js';

const numberIn = ({ texts }: Given) => {
  const number = texts['case'];
  return number !== undefined && isCaseNumber(number) ? number : undefined;
};

const faultsOf = ({ texts }: Given): readonly string[] => {
  const number = texts['case'];
  return number === undefined || isCaseNumber(number) ? [] : [`${number} is no case number`];
};

const noteLimits = ({ looked, whole, unreadable }: Look, out: Ops['out']): void => {
  if (!whole)
    out.note(`${looked} cases were looked at; so many are stranded that the rest is for the next run`);
  if (unreadable.length > 0)
    out.note(
      `${unreadable.length} case(s) hold events that this program cannot read, the first ${unreadable[0] ?? ''}`,
    );
};

const noneIn = ({ looked }: Look): string => `${looked} case(s) looked at, none is stranded.`;

const check = (given: Given, { settings, out }: Ops): Promise<number> =>
  withEngines(settings(), async (engines) => {
    const look = await lookAtCases(engines, { only: numberIn(given) });
    const { looked, stranded, moving } = look;
    const code = stranded.length === 0 ? 0 : 1;
    if (given.flags.has('json')) {
      out.json(look);
      return code;
    }
    noteLimits(look, out);
    for (const { breaches } of stranded) for (const { kind, says } of breaches) out.line(`${kind}: ${says}`);
    if (stranded.length > 0 && moving !== null)
      out.line(`Not at rest: ${moving}. Some of this may mend itself.`);
    out.line(
      stranded.length === 0
        ? noneIn(look)
        : `${looked} case(s) looked at, ${stranded.length} stranded; npm run ops -- cases mend mends them.`,
    );
    return code;
  });

const mendOne = async (
  { parked }: OpsEngines,
  mender: CaseMender,
  { caseNumber, breaches }: Stranded,
  dryRun: boolean,
): Promise<Mended | null> => {
  const [held] = await parked.list({ caseNumber, limit: 1 });
  if (held === undefined) return mender.mend(caseNumber, dryRun);
  const done = `messages of it are parked for ${held.group}; repair the cause, then parked resend`;
  return { caseNumber, was: breaches[0]?.says ?? '', done, ok: false };
};

const sentenceOf = ({ was, done, ok }: Mended, dryRun: boolean): string =>
  ok ? `${was}: ${dryRun ? 'to be ' : ''}${done}` : `${was}: NOT MENDED, ${done}`;

const mend = (given: Given, { settings, out }: Ops): Promise<number> =>
  withEngines(settings(), async (engines) => {
    const dryRun = given.flags.has('dry-run');
    const json = given.flags.has('json');
    const look = await lookAtCases(engines, { only: numberIn(given) });
    noteLimits(look, out);
    if (look.stranded.length > 0 && look.moving !== null && !dryRun)
      throw new RangeError(
        `${look.moving}: nothing was done, for what is on its way may mend some of it. Have a process take it, then run this again`,
      );
    const mender = new CaseMender(engines, mayJoin(engines.city));
    const all: Mended[] = [];
    for (const stranded of look.stranded) {
      const mended = await mendOne(engines, mender, stranded, dryRun);
      if (mended === null) continue;
      all.push(mended);
      if (!json) out.line(sentenceOf(mended, dryRun));
    }
    const failed = all.filter(({ ok }) => !ok).length;
    if (json) out.json({ looked: look.looked, dryRun, mended: all });
    else if (all.length === 0) out.line(noneIn(look));
    else if (dryRun) out.line(`${all.length} to be mended; nothing was written.`);
    else
      out.line(
        `${all.length - failed} mended, ${failed} not. Run this again once the services have followed, until it finds none.`,
      );
    return failed > 0 || (dryRun && all.length > 0) ? 1 : 0;
  });

export const strandedCommands: readonly OpsCommand[] = [
  {
    name: 'cases check',
    says: 'Finds open cases that nobody works on, and cases that were left behind by the one they were joined to.',
    more: ['Reads the whole log in constant memory. Exit code 1 when a case is stranded.'],
    texts: { case: 'NUMBER' },
    flags: { json: 'as JSON' },
    faultsOf,
    run: check,
  },
  {
    name: 'cases mend',
    says: 'Mends by events what `cases check` finds: apart from the parent, opened again, routed, given a work order.',
    more: [
      'Works beside a running process and without one, and may be broken off and run again at any time.',
      'Refuses while consumers are behind. Exit code 1 when something could not be mended.',
    ],
    texts: { case: 'NUMBER' },
    flags: { 'dry-run': 'tells what would be done and writes nothing', json: 'as JSON' },
    faultsOf,
    run: mend,
  },
];
