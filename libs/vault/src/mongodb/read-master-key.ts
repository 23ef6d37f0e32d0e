import { readFileSync } from 'node:fs';

import { keyBytes } from '../cipher.js';

/** 43 characters and what fills them up; either alphabet. */
const asText = /^[A-Za-z0-9+/_-]{43}=?$/;

const fromText = (text: string, from: string): Uint8Array => {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, 'base64');
  if (!asText.test(trimmed) || key.length !== keyBytes) {
    throw new RangeError(`${from} is not a master key: ${keyBytes} bytes in base64 are needed`);
  }
  return key;
};

/**
 * A master key from a setting in base64, or from a file that holds the 32 bytes as they are (`master.key` of the
 * embedded vault) or in base64 (a mounted secret).
 * @throws RangeError  it is none; the message repeats nothing of it
 * @throws Error  the file cannot be read
 */
export const readMasterKey = (
  source: { readonly base64: string } | { readonly file: string },
): Uint8Array => {
  if ('base64' in source) return fromText(source.base64, 'the master key given');
  const content = readFileSync(source.file);
  return content.length === keyBytes ? content : fromText(content.toString('latin1'), source.file);
};
