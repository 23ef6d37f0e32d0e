import { setTimeout as sleep } from 'node:timers/promises';

import { ConfigError } from '@city311/platform';

import type { Config } from '../../config.js';
import { probeServers } from '../../engines/probe-servers.js';
import { managementUrl, processUrl } from '../ask-process.js';
import type { Given, Ops, OpsCommand } from '../command.js';
import { withEngines } from '../open.js';
import { checkCases } from './cases.js';
import { checkEngines } from './engines.js';
import { fault, messageOf, type Finding } from './finding.js';
import { checkFolder, hasLog } from './folder.js';
import { checkMachine } from './machine.js';
import { checkProcess } from './running.js';
import { findingsOf } from './servers.js';

const patienceMs = 90_000;
/** With every case of the log looked at, however long that takes. */
const deepPatienceMs = 24 * 3_600_000;

const configOf = (settings: () => Config): Config | readonly Finding[] => {
  try {
    return settings();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((said) =>
      fault(`setting ${said}`, 'correct it in the environment of the process'),
    );
  }
};

const isFindings = (value: Config | readonly Finding[]): value is readonly Finding[] => Array.isArray(value);

const throughEngines = async (config: Config, deep: boolean): Promise<readonly Finding[]> => {
  const waitMs = deep ? deepPatienceMs : patienceMs;
  const tooLate = new AbortController();
  const looking = withEngines(config, async (engines) => [
    ...(await checkEngines(engines)),
    ...(await checkCases(engines, deep)),
  ]);
  // Where it fails after its time nobody waits for it any more.
  looking.catch(() => undefined);
  try {
    return await Promise.race([
      looking,
      sleep(waitMs, null, { signal: tooLate.signal, ref: false }).then(() => {
        throw new Error(`no answer in ${waitMs / 1_000} s`);
      }),
    ]);
  } catch (error) {
    return [
      fault(
        `the engines cannot be used: ${messageOf(error)}`,
        'without them nothing is taken and nothing is lost: check that they run, the addresses in the settings, the network',
      ),
    ];
  } finally {
    tooLate.abort();
  }
};

const isGiven = (config: object, name: string): boolean =>
  Object.entries(config).some(([key, value]) => key === name && value !== undefined);

/** Engines of a cluster are set: the folder then holds no log. */
const isEmbedded = (config: object): boolean => !isGiven(config, 'EVENTSTORE_URL');

const examine = async ({ flags }: Given, { settings }: Ops): Promise<readonly Finding[]> => {
  const machine = checkMachine();
  const config = configOf(settings);
  if (isFindings(config)) return [...config, ...machine];
  const embedded = isEmbedded(config);
  const folder = embedded
    ? checkFolder({
        folder: config.DATA_DIR,
        keyGiven: isGiven(config, 'MASTER_KEY') || isGiven(config, 'MASTER_KEY_FILE'),
        deep: flags.has('deep'),
        now: new Date(),
      })
    : [];
  const servers = findingsOf(await probeServers(config));
  const running = await checkProcess(processUrl(config), managementUrl(config), Date.now);
  // Opening would make what is missing, or fail once more for what has been said.
  const mayOpen =
    servers.length === 0 &&
    (!embedded || (hasLog(config.DATA_DIR) && folder.every(({ level }) => level !== 'fault')));
  return [
    ...machine,
    ...folder,
    ...servers,
    ...running,
    ...(mayOpen ? await throughEngines(config, flags.has('deep')) : []),
  ];
};

const order = { fault: 0, warning: 1, note: 2 } as const;

export const doctorCommands: readonly OpsCommand[] = [
  {
    name: 'doctor',
    says: 'Looks at settings, machine, folder, engines, views and consumers; says what is wrong and what to do.',
    more: ['Works beside a running process and without one. Exit code 1 when there is a fault or a warning.'],
    flags: {
      deep: 'also reads every database of the folder whole, for damage, and looks at every case of the log',
      json: 'as JSON',
    },
    run: async (given, ops) => {
      const findings = (await examine(given, ops)).toSorted(
        (one, other) => order[one.level] - order[other.level],
      );
      const wrong = findings.filter(({ level }) => level !== 'note').length;
      if (given.flags.has('json')) ops.out.json(findings);
      else {
        for (const { level, what, todo } of findings) {
          ops.out.line(`${level}: ${what}`);
          ops.out.line(`    ${todo}`);
        }
        ops.out.line(wrong === 0 ? 'Nothing is wrong.' : `${wrong} thing(s) to look at.`);
      }
      return wrong === 0 ? 0 : 1;
    },
  },
];
