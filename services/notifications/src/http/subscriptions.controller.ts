import { setTimeout as pause } from 'node:timers/promises';

import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';

import type { City } from '@city311/city';
import type { CaseNumber, ContactId } from '@city311/kernel';
import { topics } from '@city311/contracts';
import type { TopicReader } from '@city311/messaging';
import {
  Caller,
  CITY,
  CLOCK,
  MESSAGING,
  parse,
  parseNothing,
  problem,
  Roles,
  VAULT,
  type Clock,
} from '@city311/platform';
import type { View } from '@city311/read-models';
import type { ApiKey, Vault } from '@city311/vault';

import { acting, subscriptionId, subscriptionStream, type SubscriptionHandler } from '../handlers.js';
import type { Followers } from '../policies/followers.js';
import { FOLLOWABLE_CASES, FOLLOWERS, SUBSCRIPTION_HANDLER, SUBSCRIPTIONS } from '../tokens.js';
import type { FollowableCase } from '../views/followable-cases.js';
import type { SubscriptionRow } from '../views/subscriptions.js';
import { OfCaseDto, SubscribeDto } from './subscription.dto.js';

const waitMs = 2_000;
const lookEveryMs = 25;
const idPattern = /^(\d{12})-([A-Za-z0-9-]{1,80})$/;

/** Who follows a case. Answers name contacts by id only. */
@Controller('api/subscriptions')
export class SubscriptionsController {
  constructor(
    @Inject(SUBSCRIPTION_HANDLER) private readonly handler: SubscriptionHandler,
    @Inject(SUBSCRIPTIONS) private readonly view: View<SubscriptionRow>,
    @Inject(FOLLOWABLE_CASES) private readonly cases: View<FollowableCase>,
    @Inject(FOLLOWERS) private readonly followers: Followers,
    @Inject(VAULT) private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CITY) private readonly city: City,
    @Inject(MESSAGING) private readonly topics: TopicReader,
  ) {}

  @Get()
  @Roles('operator')
  async list(@Query() query: unknown): Promise<{ readonly items: readonly object[] }> {
    const { caseNumber } = parse(OfCaseDto, query);
    const { items } = await this.view.find({ where: { caseNumber }, limit: 1_000 });
    return {
      items: items.map((row) => ({ subscriptionId: subscriptionId(row.caseNumber, row.contactId), ...row })),
    };
  }

  /** Follows a public case; a case that is not public answers as if it did not exist. */
  @Post()
  @HttpCode(201)
  @Roles('channel', 'operator')
  async subscribe(@Body() body: unknown, @Caller() caller: ApiKey): Promise<object> {
    const { caseNumber: given, contact } = parse(SubscribeDto, body);
    const caseNumber = given as CaseNumber;
    const known = await this.#caseOf(caseNumber);
    if (known?.visibility !== 'public') throw problem(404, 'no-such-case', 'There is no case of this number');
    const language = contact.language ?? 'en';
    const contactId = await this.vault.rememberContact({ ...contact, language });
    const now = this.clock.now().toISOString();
    const id = subscriptionId(caseNumber, contactId);
    const handled = await this.handler.handle(
      subscriptionStream(id),
      {
        type: 'Subscribe',
        data: {
          caseNumber,
          contactId,
          language,
          origin: 'asked',
          serviceCode: known.serviceCode,
          subscribedAt: now,
        },
      },
      acting(`key:${caller.name}`, caseNumber, now, this.city.jurisdiction),
    );
    if (handled.outcome === 'refused') throw problem(409, handled.refusal.code, 'This person was erased');
    for (const event of handled.events) this.followers.remember(event);
    await this.#untilShown(id);
    return { subscriptionId: id, caseNumber, contactId, status: 'following' };
  }

  @Delete(':id')
  @HttpCode(200)
  @Roles('channel', 'operator')
  async unsubscribe(
    @Param('id') id: string,
    @Body() body: unknown,
    @Caller() caller: ApiKey,
  ): Promise<object> {
    parseNothing(body);
    const [, caseNumber, contactId] = idPattern.exec(id) ?? [];
    if (caseNumber === undefined || contactId === undefined) throw noSuchSubscription();
    return this.#leave(caseNumber, contactId, `key:${caller.name}`);
  }

  async #leave(caseNumber: string, contactId: string, actor: string): Promise<object> {
    const now = this.clock.now().toISOString();
    const id = subscriptionId(caseNumber, contactId);
    const handled = await this.handler.handle(
      subscriptionStream(id),
      {
        type: 'Unsubscribe',
        data: {
          caseNumber: caseNumber as CaseNumber,
          contactId: contactId as ContactId,
          reason: 'asked',
          unsubscribedAt: now,
        },
      },
      acting(actor, caseNumber, now, this.city.jurisdiction),
    );
    if (handled.state.status === 'never') throw noSuchSubscription();
    if (handled.outcome === 'accepted') for (const event of handled.events) this.followers.remember(event);
    return { subscriptionId: id, status: 'left' };
  }

  /** Whoever tells followers, in whichever process, knows this one too; it stands in the log in any case. */
  async #untilShown(id: string): Promise<void> {
    const until = performance.now() + waitMs;
    while (performance.now() < until) {
      if ((await this.view.get(id))?.status === 'following') return;
      await pause(lookEveryMs);
    }
  }

  async #caseOf(caseNumber: string): Promise<FollowableCase | null> {
    const known = await this.cases.get(caseNumber);
    if (known !== null) return known;
    const head = await this.topics.head([topics.case.name]);
    if (head !== null) await this.cases.caughtUp(head, waitMs);
    return this.cases.get(caseNumber);
  }
}

const noSuchSubscription = (): Error =>
  problem(404, 'no-such-subscription', 'Nobody of this id follows this case');
