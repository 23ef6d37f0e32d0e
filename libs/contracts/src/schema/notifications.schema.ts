import { z } from 'zod';

import type { NoticeEvent, SubscriptionEvent } from '../notifications.js';
import type { DataSchemas } from './data-schemas.js';
import { caseNumber, contactId, instant, name, sequence } from './vocabulary.schema.js';

const moved = { noticeId: name, caseNumber, at: instant };

export const noticeSchemas = {
  'notifications.NoticeQueued.v1': z.object({
    noticeId: name,
    caseNumber,
    contactId,
    about: z.object({ type: name, sequence }).readonly(),
    template: name,
    language: name,
    messageId: name,
    queuedAt: instant,
  }),
  'notifications.NoticeSent.v1': z.object(moved),
  'notifications.NoticeFailed.v1': z.object({
    ...moved,
    reason: z.string(),
    attempt: z.int().min(1),
    retryAt: instant.nullable(),
  }),
  'notifications.NoticeUncertain.v1': z.object({ ...moved, reason: z.string() }),
  'notifications.NoticeSuppressed.v1': z.object({
    ...moved,
    reason: z.enum(['erased', 'unsubscribed', 'no-address', 'no-consent', 'imported', 'too-many']),
  }),
} satisfies DataSchemas<NoticeEvent>;

const follower = { caseNumber, contactId };

export const subscriptionSchemas = {
  'notifications.Subscribed.v1': z.object({
    ...follower,
    language: name,
    origin: z.enum(['reporter', 'asked']),
    serviceCode: name,
    subscribedAt: instant,
  }),
  'notifications.Unsubscribed.v1': z.object({
    ...follower,
    reason: z.enum(['asked', 'erased']),
    unsubscribedAt: instant,
  }),
} satisfies DataSchemas<SubscriptionEvent>;
