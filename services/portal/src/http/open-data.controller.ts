import { Readable } from 'node:stream';

import { Controller, Get, Inject, Query, StreamableFile } from '@nestjs/common';

import type { City } from '@city311/city';
import { CITY, CLOCK, problem, type Clock } from '@city311/platform';
import type { View } from '@city311/read-models';

import { asCsv, asJson, begun, exportedRows, type ExportRange } from '../open-data/export-rows.js';
import { SERVICE_REQUESTS } from '../tokens.js';
import type { ServiceRequestDoc } from '../views/service-requests/service-requests.view.js';
import { questionOf, startOfDay } from './parameters.js';
import { ExportDto } from './questions.dto.js';

/** The city's requests for everybody: redacted, streamed. `from` and `to` are local dates, both included. */
@Controller('open-data')
export class OpenDataController {
  constructor(
    @Inject(SERVICE_REQUESTS) private readonly requests: View<ServiceRequestDoc>,
    @Inject(CITY) private readonly city: City,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('service-requests.csv')
  async csv(@Query() query: Readonly<Record<string, unknown>>): Promise<StreamableFile> {
    const rows = await begun(exportedRows(this.requests, this.#range(query), this.city));
    return new StreamableFile(Readable.from(asCsv(rows), { objectMode: false }), {
      type: 'text/csv; charset=utf-8',
    });
  }

  @Get('service-requests.json')
  async json(@Query() query: Readonly<Record<string, unknown>>): Promise<StreamableFile> {
    const rows = await begun(exportedRows(this.requests, this.#range(query), this.city));
    return new StreamableFile(Readable.from(asJson(rows), { objectMode: false }), {
      type: 'application/json; charset=utf-8',
    });
  }

  #range(query: Readonly<Record<string, unknown>>): ExportRange {
    const { from, to, asOf = this.clock.now().toISOString() } = questionOf(ExportDto, query);
    if (from !== undefined && to !== undefined && from > to) {
      const faults = [{ path: 'from', message: 'must not be after to' }];
      throw problem(400, 'invalid', 'The request has faults', { faults });
    }
    const { clock } = this.city;
    return {
      asOf,
      ...(from === undefined ? {} : { from: startOfDay(from, clock) }),
      ...(to === undefined ? {} : { to: startOfDay(to, clock, 1) }),
    };
  }
}
