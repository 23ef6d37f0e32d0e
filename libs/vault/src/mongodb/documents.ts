import type { CaseNumber, ContactId } from '@city311/kernel';
import { askMongo, majorityCollection } from '@city311/scheduling';
import type { Connection, mongo } from 'mongoose';

import type { Author } from '../vault.js';

/** A key of an author; `_id` is the key id. */
export interface KeyDocument {
  readonly _id: string;
  /** Unique. */
  readonly author: Author;
  readonly wrapped: Buffer;
  /** Id of the master key that it is wrapped by. */
  readonly by: string;
}

/** Stays for ever; `_id` is the id of the key that was erased. */
export interface ErasureDocument {
  readonly _id: string;
  readonly author: Author;
  readonly at: string;
  /** Tells those erased together apart. */
  readonly place: number;
  /** There until everything is deleted: whoever opens the vault ends what a crash left undone. */
  readonly pending?: true;
}

/** A person, encrypted under the key `keyId`. The hashes are keyed. */
export interface ContactDocument {
  readonly _id: ContactId;
  readonly keyId: string;
  readonly details: Buffer;
  /** Grows with each change, so that none is overwritten unseen. */
  readonly version: number;
  /** Unique. */
  readonly email?: Buffer;
  readonly phone?: Buffer;
  /** Unique: the phone of somebody who is known without an e-mail. */
  readonly solePhone?: Buffer;
}

export interface CaseNoteDocument {
  /** `<author> <case number>` */
  readonly _id: string;
  readonly author: Author;
  readonly caseNumber: CaseNumber;
}

/** What the vault derives lookups and secrets from, sealed by a master key. */
export interface SecretsDocument {
  readonly _id: 'secrets';
  readonly sealed: Buffer;
  readonly by: string;
}

/** Which system the vault belongs to. */
export interface DeploymentDocument {
  readonly _id: 'deployment';
  readonly name: string;
}

export interface VaultCollections {
  readonly keys: mongo.Collection<KeyDocument>;
  readonly erasures: mongo.Collection<ErasureDocument>;
  readonly contacts: mongo.Collection<ContactDocument>;
  readonly caseNotes: mongo.Collection<CaseNoteDocument>;
  readonly secrets: mongo.Collection<SecretsDocument>;
  readonly deployment: mongo.Collection<DeploymentDocument>;
}

/**
 * The collections of the vault, with their indexes.
 * @throws TransientError  the server cannot be reached
 */
export const openVaultCollections = async (connection: Connection): Promise<VaultCollections> => {
  const keys = await majorityCollection<KeyDocument>(connection, 'vault_keys');
  const erasures = await majorityCollection<ErasureDocument>(connection, 'vault_erasures');
  const contacts = await majorityCollection<ContactDocument>(connection, 'vault_contacts');
  const caseNotes = await majorityCollection<CaseNoteDocument>(connection, 'vault_case_notes');
  const secrets = await majorityCollection<SecretsDocument>(connection, 'vault_secrets');
  const deployment = await majorityCollection<DeploymentDocument>(connection, 'vault_deployment');
  await askMongo('the indexes of the vault could not be made', async () => {
    await keys.createIndex({ author: 1 }, { unique: true }, {});
    await erasures.createIndex({ at: 1, place: 1 }, {}, {});
    await erasures.createIndex({ pending: 1 }, { sparse: true }, {});
    await contacts.createIndex({ email: 1 }, { unique: true, sparse: true }, {});
    await contacts.createIndex({ solePhone: 1 }, { unique: true, sparse: true }, {});
    await contacts.createIndex({ phone: 1, _id: 1 }, {}, {});
    await contacts.createIndex({ keyId: 1 }, {}, {});
    await caseNotes.createIndex({ author: 1, caseNumber: 1 }, {}, {});
  });
  return { keys, erasures, contacts, caseNotes, secrets, deployment };
};
