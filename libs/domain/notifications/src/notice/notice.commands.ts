import type { Command, Instant } from '@city311/kernel';

import type { NoticeQueued, SuppressReason } from './notice.events.js';

export type NoticeCommand = QueueNotice | RecordSent | RecordFailure | RecordUncertain | SuppressNotice;

export type QueueNotice = Command<'QueueNotice', NoticeQueued['data']>;
export type RecordSent = Command<'RecordSent', { readonly at: Instant }>;
/** The caller knows the backoff; `retryAt` null gives up. */
export type RecordFailure = Command<
  'RecordFailure',
  { readonly at: Instant; readonly reason: string; readonly retryAt: Instant | null }
>;
export type RecordUncertain = Command<'RecordUncertain', { readonly at: Instant; readonly reason: string }>;
export type SuppressNotice = Command<
  'SuppressNotice',
  { readonly at: Instant; readonly reason: SuppressReason }
>;
