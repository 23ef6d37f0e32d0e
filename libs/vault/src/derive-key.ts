import { hkdfSync } from 'node:crypto';

import { keyBytes } from './cipher.js';

/** A key for one purpose, derived from the master key. */
export const deriveKey = (masterKey: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', masterKey, '', `city311 vault ${purpose}`, keyBytes));
