import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import type { ApiKeys } from '@city311/vault';

import type { Config } from '../config.js';
import { usualManagementPort } from '../http/management.js';

export interface Reply {
  readonly status: number;
  /** Null where it was no JSON. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const connectMs = 2_000;
/** Clocks of two machines may be some way apart. */
const ownKeyMs = 3_600_000;
const anyHost = new Set(['0.0.0.0', '::']);

const urlOf = (host: string, port: number): string | null =>
  port === 0 ? null : `http://${anyHost.has(host) ? '127.0.0.1' : host}:${port}`;

/** Where a process with these settings answers on this machine; null where it takes any free port. */
export const processUrl = ({ HOST, PORT }: Config): string | null => urlOf(HOST, PORT);

/** Where it tells what it waits for; null where it takes any free port. */
export const managementUrl = ({ MANAGEMENT_HOST, MANAGEMENT_PORT }: Config): string | null =>
  urlOf(MANAGEMENT_HOST, MANAGEMENT_PORT ?? usualManagementPort);

/** Null where nobody answers there. A question may take as long as it takes; reaching the process may not. */
export const askUrl = (
  url: string,
  { method = 'GET', key, timeoutMs = 0 }: { method?: string; key?: string; timeoutMs?: number } = {},
): Promise<Reply | null> =>
  new Promise((resolve) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const request = send(url, { method, headers, timeout: timeoutMs }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', () => {
        resolve(null);
      });
      answer.on('end', () => {
        resolve({
          status: answer.statusCode ?? 0,
          body: parsed(Buffer.concat(chunks).toString()),
          headers: answer.headers,
        });
      });
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => {
      resolve(null);
    });
    request.end();
  });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

export const isAlive = async (url: string): Promise<boolean> =>
  (await askUrl(`${url}/health/live`, { timeoutMs: connectMs }))?.status === 200;

/**
 * Asks the process at `url` as an operator, with a key that is made for this question and revoked after it. Null where
 * none answers, or one that does not share our keys: it works on other data.
 */
export const askAsOperator = async (
  url: string | null,
  apiKeys: ApiKeys,
  method: 'GET' | 'POST',
  path: string,
): Promise<Reply | null> => {
  if (url === null || !(await isAlive(url))) return null;
  const name = `ops-${randomBytes(6).toString('hex')}`;
  const now = Date.now();
  // Should this command be killed before it revokes the key, the key ends by itself.
  const key = await apiKeys.create(name, 'operator', new Date(now).toISOString(), {
    expiresAt: new Date(now + ownKeyMs).toISOString(),
  });
  try {
    const reply = await askUrl(`${url}${path}`, { method, key });
    return reply === null || reply.status === 401 || reply.status === 403 ? null : reply;
  } finally {
    await apiKeys.revoke(name);
  }
};
