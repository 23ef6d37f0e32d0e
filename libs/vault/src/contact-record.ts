import { randomUUID } from 'node:crypto';

import type { ContactId } from '@city311/kernel';

import { seal, unseal } from './cipher.js';
import type { AuthorKey } from './cipher.js';
import { mergeDetails, sameDetails } from './merge-details.js';
import type { Author, Contact, ContactDetails } from './vault.js';

/** A UUIDv7, so that contacts made together lie together. */
export const newContactId = (): ContactId => {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}` as ContactId;
};

export const authorOf = (id: ContactId): Author => `contact:${id}`;

/** Null for authors that are no contact. */
export const contactOf = (author: Author): ContactId | null =>
  author.startsWith('contact:') ? (author.slice('contact:'.length) as ContactId) : null;

export const addsNothing = (known: ContactDetails, details: ContactDetails): boolean =>
  sameDetails(known, mergeDetails(known, details));

/** Keeps a contact record from being passed off as a text of the same author. */
const boundTo = (keyId: string): string => `${keyId}/contact`;

export const sealContact = (key: AuthorKey, { contactId: _, ...details }: Contact): Buffer =>
  seal(key.secret, boundTo(key.keyId), JSON.stringify(details));

/** @throws Error  the record does not open under the key; the message holds nothing of it */
export const openContact = (key: AuthorKey, contactId: ContactId, sealed: Uint8Array): Contact => {
  const clear = unseal(key.secret, boundTo(key.keyId), sealed);
  if (clear === null) throw new Error(`the record of contact ${contactId} does not open`);
  const details = JSON.parse(clear.toString('utf8')) as ContactDetails;
  return { ...details, contactId };
};
