import type { Vault } from '@city311/vault';

import type { ThreadMetrics } from './thread-metrics.js';
import type { WriteOutcomes } from './write-outcomes.js';

/** What these answer was written; others may have found everything in memory. */
const alwaysWrites: ReadonlySet<string> = new Set(['reserve-keys', 'erase']);

/** The same vault; what stands in the way of an answer or of a consumer is timed. */
export const meteredVault = (
  vault: Vault,
  { vault: histogram, vaultFailures }: ThreadMetrics,
  { failed, worked }: WriteOutcomes,
): Vault => {
  const timed = <Args extends readonly unknown[], Result>(
    operation: string,
    work: (...args: Args) => Promise<Result>,
  ): ((...args: Args) => Promise<Result>) => {
    vaultFailures.inc({ operation }, 0);
    return async (...args) => {
      const askedAt = performance.now();
      try {
        const result = await work(...args);
        if (alwaysWrites.has(operation)) worked('the vault');
        return result;
      } catch (error) {
        failed('the vault', error);
        vaultFailures.inc({ operation });
        throw error;
      } finally {
        histogram.observe({ operation }, (performance.now() - askedAt) / 1_000);
      }
    };
  };
  return {
    protect: timed('protect', (author, texts) => vault.protect(author, texts)),
    protectWritten: timed('protect', (author, text) => vault.protectWritten(author, text)),
    reveal: timed('reveal', (texts) => vault.reveal(texts)),
    keyIdOf: (author) => vault.keyIdOf(author),
    rememberContact: timed('remember-contact', (details) => vault.rememberContact(details)),
    contacts: timed('contacts', (ids) => vault.contacts(ids)),
    findContact: timed('find-contact', (by) => vault.findContact(by)),
    reserveKeys: timed('reserve-keys', (authors) => vault.reserveKeys(authors)),
    noteCase: (author, caseNumber) => vault.noteCase(author, caseNumber),
    casesOf: (author) => vault.casesOf(author),
    erase: timed('erase', (author, at) => vault.erase(author, at)),
    erased: () => vault.erased(),
    reapplyErasures: (list) => vault.reapplyErasures(list),
    deriveSecret: (purpose, id) => vault.deriveSecret(purpose, id),
    deployment: () => vault.deployment(),
    nameDeployment: (name) => vault.nameDeployment(name),
    close: () => vault.close(),
  };
};
