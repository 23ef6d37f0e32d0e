import { Controller, Get, Inject, Query } from '@nestjs/common';

import { parse, problem, Roles } from '@city311/platform';
import type { Page, View } from '@city311/read-models';

import { NOTICES } from '../tokens.js';
import type { NoticeRow } from '../views/notices.js';
import { NoticeQueryDto } from './subscription.dto.js';

/** The delivery log. */
@Controller('api/notices')
@Roles('operator')
export class NoticesController {
  constructor(@Inject(NOTICES) private readonly view: View<NoticeRow>) {}

  @Get()
  async list(@Query() query: unknown): Promise<Page<NoticeRow>> {
    const { caseNumber, status, limit, cursor } = parse(NoticeQueryDto, query);
    try {
      return await this.view.find({
        where: {
          ...(caseNumber === undefined ? {} : { caseNumber }),
          ...(status === undefined ? {} : { status }),
        },
        limit: Number(limit ?? 200),
        ...(cursor === undefined ? {} : { cursor }),
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const faults = [{ path: 'cursor', message: 'is not a cursor of this question' }];
      throw problem(400, 'invalid', 'The request has faults', { faults });
    }
  }
}
