import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { PoisonMessageError } from '@city311/kernel';
import type { ProtectedText } from '@city311/kernel';

export const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const overheadBytes = nonceBytes + tagBytes;

/** A key of an author, unwrapped. A key object: it prints without its bytes, and starts a cipher in a sixth of the time. */
export interface AuthorKey {
  readonly keyId: string;
  readonly secret: KeyObject;
}

const nonces = new Uint8Array(nonceBytes * 512);
let nextNonce = nonces.length;

/** Random, 96 bits; drawn 512 at a time because a single draw costs as much as the cipher. */
const takeNonce = (): Uint8Array => {
  if (nextNonce === nonces.length) {
    randomFillSync(nonces);
    nextNonce = 0;
  }
  const nonce = nonces.slice(nextNonce, nextNonce + nonceBytes);
  nextNonce += nonceBytes;
  return nonce;
};

/** AES-256-GCM: nonce, ciphertext, tag. `bound` is authenticated beside it and must be the same on opening. */
export const seal = (secret: KeyObject, bound: string, clear: Uint8Array | string): Buffer => {
  const nonce = takeNonce();
  const cipher = createCipheriv('aes-256-gcm', secret, nonce);
  cipher.setAAD(Buffer.from(bound, 'latin1'));
  const body = typeof clear === 'string' ? cipher.update(clear, 'utf8') : cipher.update(clear);
  cipher.final();
  const sealed = Buffer.allocUnsafe(body.length + overheadBytes);
  sealed.set(nonce);
  sealed.set(body, nonceBytes);
  sealed.set(cipher.getAuthTag(), nonceBytes + body.length);
  return sealed;
};

/** Null where it does not open: tampered with, another key, another `bound`. */
export const unseal = (secret: KeyObject, bound: string, sealed: Uint8Array): Buffer | null => {
  if (sealed.length < overheadBytes) return null;
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(bound, 'latin1'));
  decipher.setAuthTag(sealed.subarray(end));
  const clear = decipher.update(sealed.subarray(nonceBytes, end));
  try {
    decipher.final();
  } catch {
    return null;
  }
  return clear;
};

const keyIdLength = 12;
const prefix = 'p1.';
const bodyStart = prefix.length + keyIdLength + 1;

export const protectText = (key: AuthorKey, text: string): ProtectedText =>
  `${prefix}${key.keyId}.${seal(key.secret, key.keyId, text).toString('base64url')}` as ProtectedText;

/** Key id of a protected text. @throws PoisonMessageError  it is none; the message does not repeat it */
export const keyIdIn = (text: string): string => {
  if (!text.startsWith(prefix) || text[bodyStart - 1] !== '.' || text.length === bodyStart) {
    throw new PoisonMessageError('not a protected text');
  }
  return text.slice(prefix.length, bodyStart - 1);
};

/** @throws PoisonMessageError  the text does not open under the key */
export const revealText = (key: AuthorKey, text: ProtectedText): string => {
  const clear = unseal(key.secret, key.keyId, Buffer.from(text.slice(bodyStart), 'base64url'));
  if (clear === null) throw new PoisonMessageError(`a protected text does not open under key ${key.keyId}`);
  return clear.toString('utf8');
};
