import { randomFillSync } from 'node:crypto';

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const counters = 4096;
const poolBytes = 4096;
const pool = new Uint8Array(poolBytes);
let used = poolBytes;
let lastMs = 0;
let counter = 0;
let prefix = '';

const randomHex = (): string => {
  const byte = hex[pool[used] ?? 0] ?? '';
  used += 1;
  return byte;
};

/**
 * A UUIDv7 (RFC 9562, 12-bit counter): within this process each sorts after the one before, also when the clock
 * steps back or more than 4,096 are made in a millisecond.
 */
export const newEventId = (): string => {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = 0;
    prefix = '';
  } else if (counter === counters) {
    lastMs += 1;
    counter = 0;
    prefix = '';
  }
  if (prefix === '') {
    const time = lastMs.toString(16).padStart(12, '0');
    prefix = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  }
  if (used + 8 > poolBytes) {
    randomFillSync(pool);
    used = 0;
  }
  const count = counter.toString(16).padStart(3, '0');
  counter += 1;
  const variant = hex[((pool[used] ?? 0) & 0x3f) | 0x80] ?? '';
  used += 1;
  const clock = randomHex();
  const node = randomHex() + randomHex() + randomHex() + randomHex() + randomHex() + randomHex();
  return `${prefix}${count}-${variant}${clock}-${node}`;
};
