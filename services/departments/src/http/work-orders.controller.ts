import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';

import { Caller, departmentOf, faultsOfBatch, parse, problem, Roles, type Problem } from '@city311/platform';
import type { Page } from '@city311/read-models';
import type { ApiKey } from '@city311/vault';

import { INBOX, WORK_ORDER_DESK } from '../tokens.js';
import type { WorkOrderDoc } from '../work-orders/work-order-doc.js';
import type { Inbox, InboxQuestion } from './inbox.query.js';
import { actions, isAction } from './work-order-action.js';
import type { Wish, WorkOrderDesk } from './work-order-desk.js';
import { InboxDto } from './work-order.dto.js';

const maxBatch = 500;

/** As much of the request as tells that the caller hung up. */
interface Incoming {
  readonly raw: { once(event: 'close', listener: () => void): unknown; readonly destroyed: boolean };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The departments' inbox and what they do with it. A department's key sees and moves only its own. */
@Controller('api/work-orders')
@Roles('department', 'importer', 'operator')
export class WorkOrdersController {
  constructor(
    @Inject(INBOX) private readonly inbox: Inbox,
    @Inject(WORK_ORDER_DESK) private readonly desk: WorkOrderDesk,
  ) {}

  @Get()
  async list(
    @Query() query: unknown,
    @Caller() caller: ApiKey,
    @Req() request: Incoming,
  ): Promise<Page<WorkOrderDoc>> {
    const question = questionOf(parse(InboxDto, query), caller);
    const hungUp = new AbortController();
    request.raw.once('close', () => {
      if (request.raw.destroyed) hungUp.abort();
    });
    try {
      return await this.inbox.ask(question, hungUp.signal);
    } catch (error) {
      if (error instanceof RangeError) {
        const faults = [{ path: 'cursor', message: 'is not a cursor of this question' }];
        throw problem(400, 'invalid', 'The request has faults', { faults });
      }
      throw error;
    }
  }

  /** Many transitions; each has its own answer, in order. */
  @Post('batch')
  @HttpCode(200)
  async batch(
    @Body() body: unknown,
    @Caller() caller: ApiKey,
  ): Promise<{ readonly results: readonly object[] }> {
    const { items, ...others } = isObject(body) ? body : {};
    const unknown = Object.keys(others).map((name) => ({
      path: name,
      message: `property ${name} should not exist`,
    }));
    if (!Array.isArray(items) || unknown.length > 0) {
      const noList = Array.isArray(items)
        ? []
        : [{ path: 'items', message: 'must be a list of transitions' }];
      throw problem(400, 'invalid', 'The request has faults', { faults: [...noList, ...unknown] });
    }
    if (items.length > maxBatch)
      throw problem(413, 'too-large', `A batch holds at most ${maxBatch} transitions`);
    const wishes = items.map(wishOf);
    const sound = wishes.filter((wish): wish is Wish => 'action' in wish);
    const answers = (await this.desk.move(sound, caller)).values();
    const telling = faultsOfBatch();
    return {
      results: wishes.map((wish) => {
        const { workOrderId } = wish;
        const answer = 'action' in wish ? answers.next().value : wish;
        if (answer !== undefined && 'doc' in answer) return { workOrderId, status: 200 };
        if (answer === undefined) throw new Error('a transition without its answer');
        return { workOrderId, status: answer.problem.status, problem: telling(answer.problem) };
      }),
    };
  }

  @Get(':id')
  async show(@Param('id') id: string, @Caller() caller: ApiKey): Promise<WorkOrderDoc> {
    return this.desk.show(id, caller);
  }

  @Post(':id/:action')
  @HttpCode(200)
  async move(
    @Param('id') workOrderId: string,
    @Param('action') action: string,
    @Body() body: unknown,
    @Caller() caller: ApiKey,
  ): Promise<WorkOrderDoc> {
    if (!isAction(action)) throw problem(404, 'not-found', 'There is nothing here');
    const [answer] = await this.desk.move([{ workOrderId, action, body: body ?? {} }], caller);
    if (answer === undefined) throw new Error('a transition without its answer');
    if ('problem' in answer) {
      const { status, type, title, ...more } = answer.problem;
      throw problem(status, type.slice(type.lastIndexOf(':') + 1), title, more);
    }
    return answer.doc;
  }
}

const questionOf = (dto: InboxDto, caller: ApiKey): InboxQuestion => {
  const mine = departmentOf(caller);
  if (mine !== null && dto.department !== undefined && dto.department !== mine) {
    throw problem(403, 'not-yours', 'A department sees only its own work orders');
  }
  const departmentId = mine ?? dto.department;
  return {
    ...(departmentId === undefined ? {} : { departmentId }),
    ...(dto.queue === undefined ? {} : { queue: dto.queue }),
    ...(dto.status === undefined ? {} : { statuses: dto.status.split(',') }),
    ...(dto.caseNumber === undefined ? {} : { caseNumber: dto.caseNumber }),
    overdue: dto.overdue === 'true',
    order: dto.order ?? 'number',
    follow: dto.follow === 'true',
    limit: Number(dto.limit ?? 200),
    ...(dto.cursor === undefined ? {} : { cursor: dto.cursor }),
    waitSeconds: Number(dto.wait ?? 0),
  };
};

/** One item of a batch: its transition, or what is wrong with it. */
const wishOf = (item: unknown): Wish | { readonly workOrderId: string; readonly problem: Problem } => {
  if (!isObject(item)) {
    const faults = [{ path: '', message: 'must be a JSON object' }];
    return {
      workOrderId: '',
      problem: problem(400, 'invalid', 'The request has faults', { faults }).problem,
    };
  }
  const { workOrderId: id, action, ...body } = item;
  const workOrderId = typeof id === 'string' ? id : '';
  if (isAction(action)) return { workOrderId, action, body };
  const faults = [{ path: 'action', message: `must be one of ${actions.join(', ')}` }];
  return { workOrderId, problem: problem(400, 'invalid', 'The request has faults', { faults }).problem };
};
