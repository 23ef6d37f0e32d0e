import { Worker } from 'node:worker_threads';

import { compose } from './compose.js';
import type { EmlAnswer, EmlJob } from './eml-protocol.js';
import type { Delivery, Mail, MailTransport } from './mail.js';

const sent: Delivery = { outcome: 'sent' };
const failed = (reason: string): Delivery => ({ outcome: 'failed', reason, permanent: false });

/**
 * Mail as files: `<folder>/<notice id>.eml`, for a city without a mail server and for tests. A repeat overwrites its
 * own file. Files are not synced one by one: after a power failure the newest may be missing.
 */
export const createEmlTransport = (folder: string): MailTransport => {
  const entry = import.meta.url.endsWith('.ts') ? './eml-writer.worker.ts' : './eml-writer.worker.js';
  const worker = new Worker(new URL(entry, import.meta.url), { workerData: { folder } });
  worker.unref();
  const waiting = new Map<
    number,
    { readonly count: number; readonly resolve: (deliveries: readonly Delivery[]) => void }
  >();
  let lastId = 0;
  let broken: string | null = null;

  worker.on('message', ({ id, faults }: EmlAnswer) => {
    waiting.get(id)?.resolve(faults.map((fault) => (fault === null ? sent : failed(fault))));
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
  });
  const giveUp = (reason: string): void => {
    broken = reason;
    for (const { count, resolve } of waiting.values())
      resolve(Array.from({ length: count }, () => failed(reason)));
    waiting.clear();
  };
  worker.on('error', (error: unknown) => giveUp(`the mail writer broke: ${String(error)}`));
  worker.on('exit', () => giveUp('the mail writer has ended'));

  return {
    send: (mails: readonly Mail[]) => {
      if (broken !== null) {
        const reason = broken;
        return Promise.resolve(mails.map(() => failed(reason)));
      }
      return new Promise((resolve) => {
        lastId += 1;
        waiting.set(lastId, { count: mails.length, resolve });
        worker.ref();
        const files = mails.map((mail) => ({ name: `${mail.noticeId}.eml`, content: compose(mail) }));
        worker.postMessage({ id: lastId, files } satisfies EmlJob);
      });
    },
    close: async () => {
      await worker.terminate();
    },
  };
};
