import type { PublicEvent } from '@city311/kernel';

import type { ParkedMessage, ParkedMessages } from '../messaging.js';
import type { ConsumerState, ParkedRow } from './consumer-state.js';

const defaultLimit = 100;

const toMessage = ({
  readable: _readable,
  event: _event,
  position: _position,
  ...message
}: ParkedRow): ParkedMessage => message;

/** Parked messages of every group whose state lies in this file. `onResend` wakes the group if it is in this process. */
export const createLogParked = (state: ConsumerState, onResend: (group: string) => void): ParkedMessages => ({
  list: async (filter = {}) => state.list({ ...filter, limit: filter.limit ?? defaultLimit }).map(toMessage),
  show: async (group, eventId) => {
    const row = state.find(group, eventId);
    return row === null ? null : { message: toMessage(row), event: JSON.parse(row.event) as PublicEvent };
  },
  resend: async (group, caseNumber) => {
    const standing = state.requestResend(group, caseNumber ?? null);
    onResend(group);
    return standing;
  },
  count: async () => {
    const counts = new Map<string, number>();
    for (const { group, count } of state.parkedCounts()) counts.set(group, (counts.get(group) ?? 0) + count);
    return counts;
  },
});
