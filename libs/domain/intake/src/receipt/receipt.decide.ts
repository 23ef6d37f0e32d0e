import { accept, refuse } from '@city311/kernel';
import type { CaseNumber, Command, Decider, Decision, ProtectedText } from '@city311/kernel';

import type { Opening, ReceiptEvent, ReceiptTaken, SayingTaken } from './receipt.events.js';

export type TakeReceipt = Command<'TakeReceipt', ReceiptTaken>;
export type TakeSaying = Command<'TakeSaying', SayingTaken>;

/** The key was used for another body. */
export type ReceiptRefusal = { readonly code: 'different-body'; readonly caseNumber: CaseNumber };

export type Receipt =
  | { readonly status: 'not-taken' }
  | {
      readonly status: 'taken';
      readonly caseNumber: CaseNumber;
      readonly digest: string;
      /** Null where it was no report that was taken. */
      readonly opening: Opening | null;
      /** Null where it has none; older receipts have none although one was given out. */
      readonly trackingSecret: ProtectedText | null;
    };

/** Quiet on the same body again: the state then names the case number that was answered the first time. */
export const receiptDecider: Decider<Receipt, TakeReceipt | TakeSaying, ReceiptEvent, ReceiptRefusal> = {
  initialState: { status: 'not-taken' },
  decide: (command, state): Decision<ReceiptEvent, ReceiptRefusal> => {
    const { data } = command;
    if (state.status === 'taken')
      return state.digest === data.digest
        ? accept()
        : refuse({ code: 'different-body', caseNumber: state.caseNumber });
    return command.type === 'TakeReceipt'
      ? accept({ type: 'ReceiptTaken', data: command.data })
      : accept({ type: 'SayingTaken', data: command.data });
  },
  evolve: (_state, { type, data }) => ({
    status: 'taken',
    caseNumber: data.caseNumber,
    digest: data.digest,
    opening: type === 'ReceiptTaken' ? data.opening : null,
    trackingSecret: type === 'ReceiptTaken' ? (data.trackingSecret ?? null) : null,
  }),
};
