import { randomInt } from 'node:crypto';

let lastMs = 0;
let lastTail = 0;
const tailLimit = 2 ** 30;

/**
 * A new key id: 12 base64url characters from 42 bits of time (ms) and 30 random ones that count up within a
 * millisecond. Ids made together stand together in the index; two processes may still meet, so inserts check.
 */
export const newKeyId = (): string => {
  const now = Date.now();
  if (now > lastMs || lastTail + 256 >= tailLimit) {
    lastMs = Math.max(now, lastMs + 1);
    lastTail = randomInt(tailLimit / 2);
  } else {
    lastTail += randomInt(1, 256);
  }
  const bytes = Buffer.alloc(9);
  const value = (BigInt(lastMs) << 30n) | BigInt(lastTail);
  bytes.writeUInt8(Number(value >> 64n), 0);
  bytes.writeBigUInt64BE(value & 0xffffffffffffffffn, 1);
  return bytes.toString('base64url');
};
