import { randomBytes } from 'node:crypto';

import type { CaseOpened } from '@city311/domain-intake';
import type { ProtectedText } from '@city311/kernel';
import type { Author, Vault } from '@city311/vault';

import { secretHash } from './reporter-actions.js';

/** 128 bits by chance, 22 characters: nothing that anybody could compute, of which the case holds the hash. */
export const newTrackingSecret = (): string => randomBytes(16).toString('base64url');

/** Under whose key the words of a report, and its secret, stand. */
export const reporterOf = ({
  caseNumber,
  contactId,
}: Pick<CaseOpened, 'caseNumber' | 'contactId'>): Author =>
  contactId === undefined ? `case:${caseNumber}` : `contact:${contactId}`;

/** What an older version gave out: computed from the number, and in no receipt. Null where the reporter was erased. */
const derivedSecret = async (vault: Vault, opening: CaseOpened): Promise<string | null> => {
  const derived = vault.deriveSecret('tracking', opening.caseNumber);
  if (secretHash(derived) !== opening.trackingHash) return null;
  return (await vault.keyIdOf(reporterOf(opening))) === null ? null : derived;
};

/** The secret that the report was answered with, for its repeat; null where it had none, or whose it was is erased. */
export const trackingSecretOf = async (
  vault: Vault,
  kept: ProtectedText | null,
  opening: CaseOpened,
): Promise<string | null> => {
  if (opening.trackingHash === null) return null;
  if (kept === null) return derivedSecret(vault, opening);
  const [secret = null] = await vault.reveal([kept]);
  return secret;
};
