import { randomBytes } from 'node:crypto';

import { isDuplicateKey } from '@city311/scheduling';

import { keyBytes } from '../cipher.js';
import type { SecretsDocument, VaultCollections } from './documents.js';
import type { MasterKeys } from './master-keys.js';

/** What outlives a change of the master key, 32 bytes each: by the first people are found, from the second come links. */
export interface Secrets {
  readonly lookupKey: Uint8Array;
  readonly derivingKey: Uint8Array;
}

export const sealSecrets = (masterKeys: MasterKeys, { lookupKey, derivingKey }: Secrets): SecretsDocument => {
  const { wrapped, by } = masterKeys.wrap('secrets', Buffer.concat([lookupKey, derivingKey]));
  return { _id: 'secrets', sealed: wrapped, by };
};

const unsealed = (masterKeys: MasterKeys, { sealed, by }: SecretsDocument): Buffer =>
  masterKeys.unwrap('secrets', { wrapped: sealed, by });

/** False, too, where the master key is another. */
export const sameSecrets = (masterKeys: MasterKeys, document: SecretsDocument, other: Secrets): boolean =>
  masterKeys.has(document.by) &&
  unsealed(masterKeys, document).equals(Buffer.concat([other.lookupKey, other.derivingKey]));

const makeSecrets = async (
  secrets: VaultCollections['secrets'],
  masterKeys: MasterKeys,
): Promise<SecretsDocument> => {
  const fresh = { lookupKey: randomBytes(keyBytes), derivingKey: randomBytes(keyBytes) };
  const made = sealSecrets(masterKeys, fresh);
  try {
    await secrets.insertOne(made);
    return made;
  } catch (error) {
    const standing = isDuplicateKey(error) ? await secrets.findOne({ _id: 'secrets' }) : null;
    if (standing === null) throw error;
    return standing;
  }
};

/**
 * The secrets of the vault; made where it is new, and then the same for all who open it at the same time.
 * @throws Error  they are gone while keys are there, or none of the master keys given has sealed them
 */
export const openSecrets = async (
  { secrets, keys }: VaultCollections,
  masterKeys: MasterKeys,
): Promise<Secrets> => {
  const standing = await secrets.findOne({ _id: 'secrets' });
  if (standing === null && (await keys.findOne({}, { projection: { _id: 1 } })) !== null) {
    throw new Error('vault_secrets is empty beside a vault that is not: restore it');
  }
  const document = standing ?? (await makeSecrets(secrets, masterKeys));
  if (!masterKeys.has(document.by)) {
    throw new Error(
      `the master key given (${masterKeys.currentId}) is not that of this vault (${document.by}), nor is an older one`,
    );
  }
  const clear = unsealed(masterKeys, document);
  return { lookupKey: clear.subarray(0, keyBytes), derivingKey: clear.subarray(keyBytes) };
};
