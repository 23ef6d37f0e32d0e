import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import XMLBuilder from 'fast-xml-builder';

import type { City } from '@city311/city';
import { foldCase, type CaseView } from '@city311/contracts';
import {
  API_KEYS,
  carriable,
  CITY,
  cleanCode,
  open311Errors,
  open311Format,
  presented,
  problemOf,
  roleKind,
  VAULT,
  type Open311Error,
  type Open311Format,
} from '@city311/platform';
import type { ApiKeys, Vault } from '@city311/vault';

import { noSuchCase, type CaseLookup } from '../cases/case-lookup.js';
import type { EventIntake } from '../reports/event-intake.js';
import { CASE_LOOKUP, EVENT_INTAKE } from '../tokens.js';
import { idempotencyKeyFaults } from './idempotency-key.js';
import {
  errorsOf,
  isOfJurisdiction,
  namesPlace,
  noPlace,
  parameter,
  requestIdOf,
  toReport,
  unknownJurisdiction,
} from './open311-form.js';

interface Reply {
  status(code: number): Reply;
  type(contentType: string): Reply;
}

const builder = new XMLBuilder({ format: false });
const types: Readonly<Record<Open311Format, string>> = {
  json: 'application/json; charset=utf-8',
  xml: 'text/xml; charset=utf-8',
};

const rendered = (
  format: Open311Format,
  wrapper: string,
  element: string,
  items: readonly object[],
): string =>
  format === 'json'
    ? carriable(JSON.stringify(items))
    : `<?xml version="1.0" encoding="utf-8"?>${carriable(builder.build({ [wrapper]: { [element]: items } }))}`;

const splitFormat = (name: string): { readonly id: string; readonly format: Open311Format } | null => {
  const match = /^(.*)\.(json|xml)$/s.exec(name);
  return match?.[1] === undefined ? null : { id: match[1], format: match[2] === 'xml' ? 'xml' : 'json' };
};

/** Live clients send more than is asked for. */
const undeclared = { keepsUndeclared: true } as const;

/** GeoReport v2, first cut: POST a request, GET one by its id, in both formats. */
@Controller('open311/v2')
export class Open311Controller {
  constructor(
    @Inject(EVENT_INTAKE) private readonly intake: EventIntake,
    @Inject(CASE_LOOKUP) private readonly lookup: CaseLookup,
    @Inject(API_KEYS) private readonly keys: ApiKeys,
    @Inject(CITY) private readonly city: City,
    @Inject(VAULT) private readonly vault: Vault,
  ) {}

  @Post('requests.:format')
  @HttpCode(200)
  async submit(
    @Param('format') format: string,
    @Body() body: unknown,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @Req() request: object,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    const form = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
    const as = format === 'xml' ? 'xml' : 'json';
    if (format !== as) return this.#refuse('json', reply, [{ code: 404, description: 'no such format' }]);
    const [inForm, inHeader] = [
      parameter(form, 'api_key'),
      /^Bearer\s+(\S+)$/i.exec(headers['authorization'] ?? '')?.[1],
    ];
    if (inForm !== undefined && inHeader !== undefined && inForm !== inHeader)
      return this.#refuse(as, reply, [{ code: 400, description: 'api_key and Authorization name two keys' }]);
    const given = inForm ?? inHeader;
    const known = presented.get(request);
    const caller = given === undefined ? null : known === undefined ? await this.keys.verify(given) : known;
    if (caller === null)
      return this.#refuse(as, reply, [{ code: 403, description: 'api_key missing or not known' }]);
    if (roleKind(caller) === 'department')
      return this.#refuse(as, reply, [{ code: 403, description: 'api_key may not submit requests' }]);
    if (!isOfJurisdiction(form['jurisdiction_id'], this.city.jurisdiction))
      return this.#refuse(as, reply, [unknownJurisdiction]);
    const idempotencyKey = headers['idempotency-key'];
    const [keyFault] = idempotencyKeyFaults(idempotencyKey);
    if (keyFault !== undefined)
      return this.#refuse(as, reply, [{ code: 400, description: `${keyFault.path} ${keyFault.message}` }]);
    const how = { ...undeclared, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
    const service = this.city.service(cleanCode(parameter(form, 'service_code') ?? ''));
    const event = {
      specversion: '1.0',
      id: requestIdOf(form) ?? crypto.randomUUID(),
      source: 'urn:open311',
      type: 'city311.report.submitted.v1',
      data: toReport(
        form,
        service?.questions.map(({ code }) => code),
      ),
    };
    if (!namesPlace(form)) {
      const others = this.intake.check(event, caller, how);
      const lines = others === null ? [] : errorsOf(others, parameter(form, 'service_code'));
      return this.#refuse(as, reply, [...lines, noPlace]);
    }
    const [result] = await this.intake.take([event], caller, how);
    if (result?.caseNumber === undefined || result.problem !== undefined) {
      return this.#refuse(as, reply, errorsOf(result?.problem, parameter(form, 'service_code')));
    }
    reply.type(types[as]);
    const answer = {
      service_request_id: result.caseNumber,
      service_notice: result.notice ?? '',
      account_id: '',
    };
    return rendered(as, 'service_requests', 'request', [answer]);
  }

  @Get('requests/:name')
  async show(
    @Param('name') name: string,
    @Query('jurisdiction_id') jurisdiction: unknown,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    const { id, format } = splitFormat(name) ?? { id: name, format: open311Format({ url: '', accept }) };
    if (!isOfJurisdiction(jurisdiction, this.city.jurisdiction))
      return this.#refuse(format, reply, [unknownJurisdiction]);
    try {
      const view = foldCase(await this.lookup.eventsOf(await this.lookup.caseNumberOf(id)));
      if (view?.visibility !== 'public') throw noSuchCase();
      reply.type(types[format]);
      return rendered(format, 'service_requests', 'request', [await this.#request(view)]);
    } catch (error) {
      const { status, title } = problemOf(error);
      return this.#refuse(format, reply, [{ code: status, description: title }]);
    }
  }

  #refuse(format: Open311Format, reply: Reply, errors: readonly Open311Error[]): string {
    const { contentType, body } = open311Errors(format, errors);
    reply.status(errors[0]?.code ?? 400).type(contentType);
    return body;
  }

  async #request(view: CaseView): Promise<object> {
    const wanted = [view.description, view.outcome?.text ?? null];
    const texts = wanted.flatMap((one) => one ?? []);
    const words = await this.vault.reveal(texts);
    const clear = (one: (typeof wanted)[number] | undefined): string =>
      one === null || one === undefined ? '' : (words[texts.indexOf(one)] ?? '');
    const photo = view.media[0]?.media;
    return {
      service_request_id: view.caseNumber,
      status: view.status === 'open' ? 'open' : 'closed',
      status_notes: [view.outcome?.label ?? '', clear(view.outcome?.text)]
        .filter((part) => part !== '')
        .join('. '),
      service_name: this.city.service(view.serviceCode)?.name ?? view.serviceCode,
      service_code: view.serviceCode,
      description: clear(view.description),
      agency_responsible:
        view.departmentId === null ? '' : (this.city.departmentName(view.departmentId) ?? ''),
      requested_datetime: view.openedAt,
      updated_datetime: view.updatedAt,
      expected_datetime: view.dueAt ?? '',
      address: view.place.address ?? '',
      zipcode: view.place.zip ?? '',
      lat: view.place.latitude ?? null,
      long: view.place.longitude ?? null,
      media_url: photo?.kind === 'external' ? photo.url : '',
    };
  }
}
