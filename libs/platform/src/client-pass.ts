import { createHmac, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

import type { Vault } from '@city311/vault';

/** Header by which a service that asks another one for somebody tells whom it asks for. */
export const clientPassHeader = 'x-city311-client';

const validForSeconds = 60;
const form = /^1;([0-9a-fA-F.:]{2,45});(\d{1,12});([A-Za-z0-9_-]{43})$/;

/** Key of the passes: the same in every process that shares the vault. */
export const clientPassKey = (vault: Pick<Vault, 'deriveSecret'>): string =>
  vault.deriveSecret('client pass', '1');

const macOf = (key: string, address: string, until: string): Buffer =>
  createHmac('sha256', key).update(`${address};${until}`).digest();

/**
 * The header's value for requests that are made for the client at `address` (IPv4 or IPv6) within the next minute.
 * @throws RangeError  not an address
 */
export const signClientPass = (key: string, address: string, now: Date): string => {
  if (isIP(address) === 0) throw new RangeError('a pass is for an IP address');
  const until = String(Math.floor(now.getTime() / 1_000) + validForSeconds);
  return `1;${address};${until};${macOf(key, address, until).toString('base64url')}`;
};

/** Address that a pass was made for; null where it is none of ours, or its minute is over. */
export const clientOfPass = (key: string, pass: string, now: Date): string | null => {
  const [, address, until, mac] = form.exec(pass) ?? [];
  if (address === undefined || until === undefined || mac === undefined || isIP(address) === 0) return null;
  const left = Number(until) - now.getTime() / 1_000;
  if (left < 0 || left > 2 * validForSeconds) return null;
  return timingSafeEqual(macOf(key, address, until), Buffer.from(mac, 'base64url')) ? address : null;
};
