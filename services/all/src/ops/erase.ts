import { eraseSubject } from '@city311/intake';
import { openSqliteEventStore } from '@city311/eventing';
import type { CaseNumber } from '@city311/kernel';
import { openSqliteVault, type Author, type Vault } from '@city311/vault';

import { options, printLine, UsageError, type OpsCommand } from './usage.js';

const authorOf = async (
  given: Readonly<Record<string, string | undefined>>,
  vault: Vault,
): Promise<Author> => {
  const { case: caseNumber, email, phone } = given;
  if (caseNumber !== undefined) return `case:${caseNumber}`;
  if (email === undefined && phone === undefined)
    throw new UsageError('--case, --email or --phone is needed');
  const contact = await vault.findContact(email === undefined ? { phone: phone ?? '' } : { email });
  if (contact === null) throw new RangeError('nobody is known by that');
  return `contact:${contact}`;
};

/** Erases a person: the key first, then every case that carries their words is told, so that views drop them at once. */
export const erase: OpsCommand = async (args, config) => {
  const vault = await openSqliteVault({ folder: config.DATA_DIR });
  const store = await openSqliteEventStore({ folder: config.DATA_DIR });
  try {
    const author = await authorOf(options(args, ['case', 'email', 'phone']), vault);
    const keyId = await vault.keyIdOf(author);
    if (keyId === null) throw new RangeError('nothing was written under that name');
    const own = author.startsWith('case:') ? [author.slice('case:'.length) as CaseNumber] : [];
    const cases = [...own, ...(await vault.casesOf(author))];
    const at = new Date().toISOString();
    await vault.erase(author, at);
    for (const caseNumber of cases) await eraseSubject(store, caseNumber, keyId, at);
    printLine(`Erased; ${cases.length} case(s) told. The history stands, what they wrote is gone.`);
  } finally {
    await store.close();
    await vault.close();
  }
};
