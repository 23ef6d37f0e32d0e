import type { ContactId, ProtectedText } from '@city311/kernel';
import type { Author, Vault } from '@city311/vault';

import { categories, type OpsEngines } from './open.js';
import { scanLog } from './scan.js';

/** What would give a person away: kept in memory only, and never told. */
export interface Traces {
  readonly author: Author;
  readonly keyId: string;
  readonly contactId: ContactId | null;
  /** Cases that carry what the person wrote. */
  readonly cases: readonly string[];
  /** Protected texts under the key, as they stand in the log. */
  readonly ciphertexts: readonly ProtectedText[];
  /** E-mail and phone: to be found nowhere. */
  readonly details: readonly string[];
  /** What the person wrote, long enough not to be anybody's words: to be found nowhere in the person's cases. */
  readonly texts: readonly string[];
  /** Texts too short to be looked for. */
  readonly tooShort: number;
}

/** Shorter texts ("pothole") are not one person's alone. */
const leastCharacters = 12;

const anyProtected = /p1\.[\w-]{12}\.[\w-]+/g;

/** Protected texts of a key in anything that can be written as JSON. */
export const protectedUnder = (keyId: string, json: string): readonly ProtectedText[] =>
  (json.match(anyProtected) ?? []).filter((found) => found.startsWith(`p1.${keyId}.`)) as ProtectedText[];

const contactOf = (author: Author): ContactId | null =>
  author.startsWith('contact:') ? (author.slice('contact:'.length) as ContactId) : null;

/** Texts that can still be read; those that do not open say nothing about anybody. */
const revealed = async (vault: Vault, texts: readonly ProtectedText[]): Promise<readonly string[]> => {
  const clear: string[] = [];
  for (const text of texts) {
    const [found] = await vault.reveal([text]).catch(() => [null]);
    if (typeof found === 'string') clear.push(found);
  }
  return clear;
};

/** Looks through the whole log for what was written under a key; before the erasure it can also read it. */
export const tracesOf = async (author: Author, keyId: string, engines: OpsEngines): Promise<Traces> => {
  const { store, vault } = engines;
  const cases = new Set<string>(await vault.casesOf(author));
  const ciphertexts = new Set<ProtectedText>();
  const mark = `p1.${keyId}.`;
  for await (const { events } of scanLog(store, categories)) {
    for (const { stream, subject, data } of events) {
      const json = JSON.stringify(data);
      if (!json.includes(mark)) continue;
      for (const text of protectedUnder(keyId, json)) ciphertexts.add(text);
      if (stream.startsWith('intake.case-')) cases.add(subject);
    }
  }
  const contactId = contactOf(author);
  const contact = contactId === null ? undefined : (await vault.contacts([contactId])).get(contactId);
  const clear = new Set(await revealed(vault, [...ciphertexts]));
  const texts = [...clear].map((text) => text.trim()).filter((text) => text.length >= leastCharacters);
  return {
    author,
    keyId,
    contactId,
    cases: [...cases].sort(),
    ciphertexts: [...ciphertexts],
    details: [contact?.email, contact?.phone].filter((detail) => detail !== undefined),
    texts,
    tooShort: clear.size - texts.length,
  };
};

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Whether a document, event or mail gives the person away. Ciphertext under the key does not: nobody can read it. */
export const givesAway = (traces: Traces): ((haystack: string) => boolean) => {
  const anywhere = traces.details.map(inJson);
  const inOwnCases = traces.texts.map(inJson);
  return (haystack) => {
    if (anywhere.some((detail) => haystack.includes(detail))) return true;
    if (haystack.replace(anyProtected, '').includes(`"keyId":"${traces.keyId}"`)) return true;
    return (
      inOwnCases.some((text) => haystack.includes(text)) &&
      traces.cases.some((caseNumber) => haystack.includes(caseNumber))
    );
  };
};
