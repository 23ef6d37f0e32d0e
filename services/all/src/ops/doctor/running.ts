import { askUrl, isAlive } from '../ask-process.js';
import { note, warning, type Finding } from './finding.js';

const skewMs = 5_000;
const patienceMs = 5_000;

/** As its management port names it. */
const waitingFor = async (url: string | null): Promise<string> => {
  const body = url === null ? null : (await askUrl(`${url}/health/ready`, { timeoutMs: patienceMs }))?.body;
  return typeof body === 'object' && body !== null && 'waitingFor' in body && Array.isArray(body.waitingFor)
    ? body.waitingFor.join(', ')
    : 'what its management port would name, which does not answer at MANAGEMENT_HOST and MANAGEMENT_PORT';
};

/**
 * The process that should answer at an address, if there is one.
 * @param managementUrl  where it says more; null where that is not known
 */
export const checkProcess = async (
  url: string | null,
  managementUrl: string | null,
  now: () => number,
): Promise<readonly Finding[]> => {
  if (url === null) return [];
  if (!(await isAlive(url)))
    return [note(`no process answers at ${url}`, 'start it, or set HOST and PORT to where it runs')];
  const reply = await askUrl(`${url}/health/ready`, { timeoutMs: patienceMs });
  const findings: Finding[] = [];
  if (reply === null)
    findings.push(
      warning(
        `the process at ${url} does not say whether it is ready`,
        'it is overloaded or stuck: see its log',
      ),
    );
  else if (reply.status !== 200)
    findings.push(
      warning(
        `the process at ${url} is not ready: it waits for ${await waitingFor(managementUrl)}`,
        'views are built anew after an upgrade; if it lasts, see its log',
      ),
    );
  const date = reply?.headers['date'];
  const skew = typeof date === 'string' ? Date.parse(date) - now() : 0;
  if (Math.abs(skew) > skewMs)
    findings.push(
      warning(
        `the clock of the process at ${url} is ${Math.round(skew / 1000)} s from this one`,
        'have both kept by a time service: leases and due dates go by it',
      ),
    );
  return findings;
};
