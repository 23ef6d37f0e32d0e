import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import type { City } from '@city311/city';
import { topics } from '@city311/contracts';
import type { EventStore } from '@city311/eventing';
import type { TopicReader } from '@city311/messaging';
import {
  BACKGROUND,
  CITY,
  CLOCK,
  EVENT_STORE,
  LEASES,
  LOGGER,
  MESSAGING,
  tracedTimers,
  VAULT,
  viewProvider,
  type Background,
  type Clock,
  type Logger,
} from '@city311/platform';
import type { View } from '@city311/read-models';
import { createTimerRunner, type Leases, type TimerRunner } from '@city311/scheduling';
import type { Vault } from '@city311/vault';

import { CaseConsumer } from './consumers/case.consumer.js';
import {
  createNoticeHandler,
  createSubscriptionHandler,
  type NoticeHandler,
  type SubscriptionHandler,
} from './handlers.js';
import { NoticesController } from './http/notices.controller.js';
import { SubscriptionsController } from './http/subscriptions.controller.js';
import { UnsubscribeController } from './http/unsubscribe.controller.js';
import { createEmlTransport } from './mail/eml-transport.js';
import { noTransport, type MailTransport } from './mail/mail.js';
import { createSmtpTransport } from './mail/smtp-transport.js';
import { Followers } from './policies/followers.js';
import { Reporters } from './policies/reporters.js';
import { TellFollowers } from './policies/tell-followers.js';
import { MailRoom } from './sending/mail-room.js';
import { NoticeTimers } from './sending/notice-timers.js';
import {
  FOLLOWABLE_CASES,
  FOLLOWERS,
  MAIL_ROOM,
  MAIL_TRANSPORT,
  NOTICE_HANDLER,
  NOTICE_TIMERS,
  NOTICES,
  OPTIONS,
  SUBSCRIPTION_HANDLER,
  SUBSCRIPTIONS,
  TELL_FOLLOWERS,
} from './tokens.js';
import { subscriptionTopicSource } from './topics.js';
import { followableCasesProjection, type FollowableCase } from './views/followable-cases.js';
import { noticesProjection, type NoticeRow } from './views/notices.js';
import { subscriptionsProjection, type SubscriptionRow } from './views/subscriptions.js';

export interface NotificationsOptions {
  /** Folder for `.eml` files, used where there is no `smtpUrl`. */
  readonly mailFolder: string;
  /** `311 <no-reply@city.example>`; its domain also ends every Message-ID. */
  readonly from: string;
  /** Begins the links in messages. */
  readonly publicUrl: string;
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly smtpUrl?: string;
  /** A mail server without TLS gets nothing. */
  readonly requireTls: boolean;
  /** Messages that an address may be sent in a day; the rest is suppressed with that reason. */
  readonly mailsPerDay: number;
}

const domainOf = (from: string): string => /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'localhost';

@Module({})
export class NotificationsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(NOTICE_TIMERS) private readonly timers: TimerRunner,
    @Inject(MAIL_ROOM) private readonly mailRoom: MailRoom,
    @Inject(MAIL_TRANSPORT) private readonly transport: MailTransport,
    @Inject(BACKGROUND) private readonly background: Background,
  ) {}

  static with(options: NotificationsOptions): DynamicModule {
    return {
      module: NotificationsModule,
      controllers: [SubscriptionsController, UnsubscribeController, NoticesController, CaseConsumer],
      providers: [
        { provide: OPTIONS, useValue: options },
        { provide: NOTICE_HANDLER, inject: [EVENT_STORE], useFactory: createNoticeHandler },
        { provide: SUBSCRIPTION_HANDLER, inject: [EVENT_STORE], useFactory: createSubscriptionHandler },
        viewProvider(NOTICES, [], () => ({ projection: noticesProjection, topic: topics.notice.name })),
        viewProvider(SUBSCRIPTIONS, [], () => ({
          projection: subscriptionsProjection,
          topic: subscriptionTopicSource.topic,
        })),
        viewProvider(FOLLOWABLE_CASES, [], () => ({
          projection: followableCasesProjection,
          topic: topics.case.name,
        })),
        {
          provide: FOLLOWERS,
          inject: [SUBSCRIPTIONS, MESSAGING, FOLLOWABLE_CASES, EVENT_STORE],
          useFactory: (
            view: View<SubscriptionRow>,
            reader: TopicReader,
            cases: View<FollowableCase>,
            store: EventStore,
          ) => new Followers(view, reader, new Reporters(cases, reader, store)),
        },
        {
          provide: MAIL_TRANSPORT,
          inject: [BACKGROUND],
          useFactory: ({ here }: Background) =>
            !here
              ? noTransport
              : options.smtpUrl === undefined
                ? createEmlTransport(options.mailFolder)
                : createSmtpTransport(options.smtpUrl, options.requireTls),
        },
        {
          provide: MAIL_ROOM,
          inject: [NOTICE_HANDLER, FOLLOWERS, VAULT, MAIL_TRANSPORT, CLOCK, LOGGER, CITY],
          useFactory: (
            notices: NoticeHandler,
            followers: Followers,
            vault: Vault,
            transport: MailTransport,
            clock: Clock,
            logger: Logger,
            city: City,
          ) => {
            const { from, publicUrl } = options;
            return new MailRoom({
              notices,
              followers,
              vault,
              transport,
              clock,
              logger,
              settings: { city, from, publicUrl },
              mailsPerDay: options.mailsPerDay,
            });
          },
        },
        {
          provide: TELL_FOLLOWERS,
          inject: [NOTICE_HANDLER, SUBSCRIPTION_HANDLER, FOLLOWERS, VAULT, MAIL_ROOM, CLOCK],
          useFactory: (
            notices: NoticeHandler,
            subscriptions: SubscriptionHandler,
            followers: Followers,
            vault: Vault,
            mailRoom: MailRoom,
            clock: Clock,
          ) => {
            const mailDomain = domainOf(options.from);
            return new TellFollowers({
              notices,
              subscriptions,
              followers,
              vault,
              mailRoom,
              clock,
              mailDomain,
            });
          },
        },
        {
          provide: NOTICE_TIMERS,
          inject: [NOTICES, NOTICE_HANDLER, MAIL_ROOM, LEASES, CLOCK, LOGGER],
          useFactory: (
            view: View<NoticeRow>,
            handler: NoticeHandler,
            mailRoom: MailRoom,
            leases: Leases,
            clock: Clock,
            logger: Logger,
          ) =>
            createTimerRunner({
              name: 'notifications-notices',
              source: tracedTimers('notifications-notices', new NoticeTimers(view, handler, mailRoom)),
              leases,
              clock,
              onFailure: ({ timer, error }) =>
                logger.warn({ err: error, timer: timer?.id }, 'a notice will be tried again'),
            }),
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    if (this.background.here) this.timers.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.timers.stop();
    await this.mailRoom.close();
    await this.transport.close();
  }
}
