import { accept, refuse } from '@city311/kernel';
import type { CaseNumber, Command, Decider } from '@city311/kernel';

import type { Opening, ReceiptEvent, ReceiptTaken } from './receipt.events.js';

export type TakeReceipt = Command<'TakeReceipt', ReceiptTaken>;

/** The key was used for another body. */
export type ReceiptRefusal = { readonly code: 'different-body'; readonly caseNumber: CaseNumber };

export type Receipt =
  | { readonly status: 'not-taken' }
  | {
      readonly status: 'taken';
      readonly caseNumber: CaseNumber;
      readonly digest: string;
      readonly opening: Opening;
    };

/** Quiet on the same body again: the state then names the case number that was answered the first time. */
export const receiptDecider: Decider<Receipt, TakeReceipt, ReceiptEvent, ReceiptRefusal> = {
  initialState: { status: 'not-taken' },
  decide: ({ data }, state) => {
    switch (state.status) {
      case 'not-taken':
        return accept({ type: 'ReceiptTaken', data });
      case 'taken':
        return state.digest === data.digest
          ? accept()
          : refuse({ code: 'different-body', caseNumber: state.caseNumber });
    }
  },
  evolve: (_state, { data: { caseNumber, digest, opening } }) => ({
    status: 'taken',
    caseNumber,
    digest,
    opening,
  }),
};
