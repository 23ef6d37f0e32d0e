import { createHash, randomBytes } from 'node:crypto';

import type { Instant } from '@city311/kernel';

import type { KeyPurpose } from './vault.js';

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const rolePattern = /^(?:channel|importer|operator|department:[A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;
const systemPattern = /^[a-z][a-z0-9.-]{0,59}$/;
const keyPattern = /^city311_[a-z0-9-]{1,64}_[A-Za-z0-9_-]{43}$/;

/** A key revoked elsewhere is refused this much later at most, milliseconds. */
export const recheckMs = 500;

const keyFor = (name: string): string => `city311_${name}_${randomBytes(32).toString('base64url')}`;

/** @throws RangeError  not an instant in UTC, with milliseconds, as all of them are written */
const checkInstant = (instant: string | undefined): void => {
  if (instant === undefined) return;
  const at = new Date(instant);
  if (Number.isNaN(at.getTime()) || at.toISOString() !== instant)
    throw new RangeError(`not an instant: ${JSON.stringify(instant)} (2027-06-30T23:59:59.000Z)`);
};

/**
 * A new key in clear.
 * @throws RangeError  no such name or role, no system that the role can speak for, no rate, no instant
 */
export const newApiKey = (
  name: string,
  role: string,
  { system, expiresAt, rate }: KeyPurpose = {},
): string => {
  if (!namePattern.test(name)) {
    throw new RangeError(
      `a key's name is 1 to 64 small letters, digits and inner dashes, not ${JSON.stringify(name)}`,
    );
  }
  if (!rolePattern.test(role)) {
    throw new RangeError(`no such role: ${role} (channel, importer, operator or department:<id>)`);
  }
  if (system !== undefined && role !== 'channel') {
    throw new RangeError(`only a key of role channel speaks for one system, not ${role}`);
  }
  if (system !== undefined && !systemPattern.test(system)) {
    throw new RangeError(
      `a system's name is 1 to 60 small letters, digits, dots and dashes, a letter first, not ${JSON.stringify(system)}`,
    );
  }
  if (rate !== undefined && rate !== 'unlimited' && !(Number.isSafeInteger(rate) && rate > 0)) {
    throw new RangeError(`a rate is a whole number of requests a minute, or unlimited, not ${String(rate)}`);
  }
  checkInstant(expiresAt);
  return keyFor(name);
};

/** A key to take the place of the one under the name. @throws RangeError  an instant is none */
export const nextApiKey = (name: string, ...instants: readonly (string | undefined)[]): string => {
  for (const instant of instants) checkInstant(instant);
  return keyFor(name);
};

/** How long a key that is replaced is still known: as it was to be, at the longest. */
export const retiringUntil = (overlapUntil: Instant, expiresAt: Instant | undefined): Instant =>
  expiresAt !== undefined && expiresAt < overlapUntil ? expiresAt : overlapUntil;

/** Whether it can be one of our keys at all; cheap. */
export const looksLikeApiKey = (key: string): boolean => keyPattern.test(key);

/** What is stored of a key. */
export const apiKeyHash = (key: string): Buffer => createHash('sha256').update(key).digest();
