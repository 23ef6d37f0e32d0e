import type { EventStore } from '@city311/eventing';
import { streamName, type CaseNumber } from '@city311/kernel';
import type { Erasure } from '@city311/vault';

import { caseCodec } from '../case.codec.js';
import { reporterOf } from '../reports/tracking-secret.js';
import { createCaseHandler } from './case-handler.js';

/**
 * Tells a case that everything written under a key is gone; views then drop it. Where it was the reporter's, the tracking
 * secret opens nothing any more. Quiet the second time.
 */
export const eraseSubject = async (
  store: EventStore,
  caseNumber: CaseNumber,
  { author, keyId, at: erasedAt }: Erasure,
): Promise<void> => {
  const stream = streamName('intake.case', caseNumber);
  const [first] = await store.readStream(stream);
  if (first === undefined) return;
  const opening = caseCodec.fromWire(first.type, first.data);
  const context = {
    source: '/intake',
    subject: caseNumber,
    time: erasedAt,
    actor: 'operator:erase',
    jurisdiction: first.jurisdiction,
    imported: first.imported,
    correlationId: crypto.randomUUID(),
  };
  const cases = createCaseHandler(store);
  await cases.handle(
    stream,
    { type: 'EraseSubject', data: { caseNumber, author: keyId, erasedAt } },
    context,
  );
  if (opening.type !== 'CaseOpened' || reporterOf(opening.data) !== author) return;
  await cases.handle(
    stream,
    { type: 'RevokeTrackingSecret', data: { caseNumber, revokedAt: erasedAt } },
    context,
  );
};
