import { Controller, Get, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';

import type { City } from '@city311/city';
import type { CaseNumber, ContactId } from '@city311/kernel';
import { CITY, CLOCK, problem, type Clock } from '@city311/platform';

import { acting, subscriptionId, subscriptionStream, type SubscriptionHandler } from '../handlers.js';
import type { Followers } from '../policies/followers.js';
import { FOLLOWERS, SUBSCRIPTION_HANDLER } from '../tokens.js';

const casePattern = /^\d{12}$/;
const contactPattern = /^[A-Za-z0-9-]{1,80}$/;

/** The page is its words and one button: nothing else may load, and nobody may frame it. */
const pagePolicy = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const page = (body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>311 messages</title></head><body>${body}</body></html>`;

/**
 * The link in every message. The contact id, which is random and in no public answer, is what lets its reader leave.
 * Reading the page changes nothing (mail scanners follow links); its button, or a mail program's one click, does.
 */
@Controller('unsubscribe')
export class UnsubscribeController {
  constructor(
    @Inject(SUBSCRIPTION_HANDLER) private readonly handler: SubscriptionHandler,
    @Inject(FOLLOWERS) private readonly followers: Followers,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CITY) private readonly city: City,
  ) {}

  @Get(':caseNumber/:contactId')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', pagePolicy)
  ask(@Param('caseNumber') caseNumber: string, @Param('contactId') contactId: string): string {
    check(caseNumber, contactId);
    return page(
      `<p>Stop messages about case ${caseNumber}?</p><form method="post"><button>Stop messages</button></form>`,
    );
  }

  @Post(':caseNumber/:contactId')
  @HttpCode(200)
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', pagePolicy)
  async leave(
    @Param('caseNumber') caseNumber: string,
    @Param('contactId') contactId: string,
  ): Promise<string> {
    check(caseNumber, contactId);
    const now = this.clock.now().toISOString();
    const handled = await this.handler.handle(
      subscriptionStream(subscriptionId(caseNumber, contactId)),
      {
        type: 'Unsubscribe',
        data: {
          caseNumber: caseNumber as CaseNumber,
          contactId: contactId as ContactId,
          reason: 'asked',
          unsubscribedAt: now,
        },
      },
      acting('contact:self', caseNumber, now, this.city.jurisdiction),
    );
    if (handled.outcome === 'accepted') for (const event of handled.events) this.followers.remember(event);
    // The same answer whether or not somebody followed: the link tells nothing to who guesses.
    return page(`<p>You will get no more messages about case ${caseNumber}.</p>`);
  }
}

const check = (caseNumber: string, contactId: string): void => {
  if (!casePattern.test(caseNumber) || !contactPattern.test(contactId)) {
    throw problem(404, 'not-found', 'There is nothing here');
  }
};
