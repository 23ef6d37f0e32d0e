import type { OpsEngines } from '../open.js';
import { isCut, leaseOf, standings, type Standing } from '../standing.js';
import { note, warning, type Finding } from './finding.js';

const muchBehind = 1_000;
const longLeaseMs = 3_600_000;

const ofParked = ({ group, parked }: Standing): readonly Finding[] =>
  parked === 0
    ? []
    : [
        warning(
          `${parked} message(s) are parked for ${group}`,
          `npm run ops -- parked list --group ${group} says why; repair the cause, then parked resend`,
        ),
      ];

const ofLag = ({ group, lag, holder }: Standing, somebodyWorks: boolean): readonly Finding[] => {
  if (lag === 0) return [];
  const said = isCut(lag) ? `${lag} or more` : String(lag);
  if (holder === null)
    return somebodyWorks
      ? [
          warning(
            `nobody works for ${group}, and ${said} event(s) wait`,
            'start a process whose TARGET covers it',
          ),
        ]
      : [];
  return lag < muchBehind
    ? []
    : [
        warning(
          `${group} is ${said} events behind; ${holder} works for it`,
          'if the number falls, wait; if not, see the log of that process, or add processes',
        ),
      ];
};

const ofStale = ({ group, stale }: Standing): readonly Finding[] =>
  stale
    ? [
        warning(
          `${group} has the shape of another version`,
          `the process that fills it builds it anew; by hand: npm run ops -- views rebuild ${group.slice('view:'.length)}`,
        ),
      ]
    : [];

const ofLeases = async (
  { leases, clock }: OpsEngines,
  lines: readonly Standing[],
): Promise<readonly Finding[]> => {
  const names = lines.map(leaseOf);
  for (const name of names) {
    const lease = await leases.current(name);
    if (lease !== null && Date.parse(lease.expiresAt) - clock.now().getTime() > longLeaseMs)
      return [
        warning(
          `${lease.holder} holds ${name} until ${lease.expiresAt}, far from now: clocks differ`,
          'have the clocks of all machines kept by a time service',
        ),
      ];
  }
  return [];
};

/** What can be seen through the opened ports: who works, how far everybody is, what is parked. */
export const checkEngines = async (engines: OpsEngines): Promise<readonly Finding[]> => {
  const lines = await standings(engines);
  const somebodyWorks = lines.some(({ holder }) => holder !== null);
  const waiting = lines.filter(({ lag }) => lag > 0).length;
  return [
    ...(somebodyWorks || waiting === 0
      ? []
      : [note(`nobody works here; ${waiting} groups and views have events to take`, 'start a process')]),
    ...lines.flatMap((line) => [...ofStale(line), ...ofLag(line, somebodyWorks), ...ofParked(line)]),
    ...(await ofLeases(engines, lines)),
    ...((await engines.apiKeys.list()).length === 0
      ? [note('there is no API key', 'the first start makes one, or npm run ops -- key create')]
      : []),
  ];
};
