import {
  receiptDecider,
  type Receipt,
  type ReceiptEvent,
  type ReceiptRefusal,
  type TakeReceipt,
  type TakeSaying,
} from '@city311/domain-intake';
import { createCommandHandler, type CommandHandler, type EventStore } from '@city311/eventing';

import { receiptCodec } from '../case.codec.js';

export type ReceiptHandler = CommandHandler<Receipt, TakeReceipt | TakeSaying, ReceiptEvent, ReceiptRefusal>;

/** A receipt is hardly ever asked for again: none is kept in memory. */
export const createReceiptHandler = (store: EventStore): ReceiptHandler =>
  createCommandHandler(store, receiptDecider, receiptCodec, { cachedStreams: 0 });
