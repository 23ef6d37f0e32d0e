import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

import type { ApiKey, ApiKeys, Role } from '@city311/vault';

import { API_KEYS } from './engines.js';
import { Caller, departmentOf, KeyGuard, roleKind, Roles } from './identity.js';
import { createLogger } from './logging.js';
import { ProblemFilter } from './problem.filter.js';

/** Keys that say their own role. */
const keys: ApiKeys = {
  verify: async (key) =>
    key.startsWith('key-of-') ? { name: 'test', role: key.slice('key-of-'.length) as Role } : null,
  create: async () => '',
  rotate: async () => null,
  noteUses: async () => undefined,
  revoke: async () => false,
  list: async () => [],
  close: async () => undefined,
};

@Controller('open')
class OpenDoor {
  @Get()
  open(): object {
    return { said: 'to everybody' };
  }

  @Get('caller')
  caller(@Caller() caller: ApiKey): ApiKey {
    return caller;
  }
}

@Controller('staff')
@Roles('operator', 'department')
class StaffDoor {
  constructor(@Inject(API_KEYS) private readonly keys: ApiKeys) {}

  @Get()
  staff(@Caller() caller: ApiKey): object {
    return { ...caller, department: departmentOf(caller), known: this.keys === keys };
  }

  @Get('import')
  @Roles('importer')
  importers(): object {
    return {};
  }
}

describe('The guard', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      controllers: [OpenDoor, StaffDoor],
      providers: [
        { provide: API_KEYS, useValue: keys },
        { provide: APP_GUARD, inject: [Reflector], useFactory: (r: Reflector) => new KeyGuard(keys, r) },
        { provide: APP_FILTER, useValue: new ProblemFilter(createLogger('silent')) },
      ],
    }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await app.init();
  });
  afterAll(() => app.close());

  const ask = async (url: string, authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await app.inject({ method: 'GET', url, headers });
    return {
      status: answer.statusCode,
      body: answer.json<Record<string, unknown>>(),
      headers: answer.headers,
    };
  };

  it('lets everybody through an open door, with or without a key', async () => {
    expect((await ask('/open')).status).toBe(200);
    expect((await ask('/open', 'Bearer nonsense')).status).toBe(200);
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic a2V5', 'key-of-operator', 'Bearer a b'])(
    'asks for a key: %j',
    async (authorization) => {
      const answer = await ask('/staff', authorization);
      expect(answer.status).toBe(401);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.body['type']).toBe('urn:city311:problem:key-missing');
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="city311"');
    },
  );

  it('does not know every key, and does not repeat it', async () => {
    const answer = await ask('/staff', 'Bearer stolen-and-revoked');
    expect([answer.status, answer.body['type']]).toEqual([401, 'urn:city311:problem:key-unknown']);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="city311", error="invalid_token"');
    expect(JSON.stringify(answer.body)).not.toContain('stolen');
  });

  it.each(['channel', 'importer'])('turns a key of role %s away from what is not for it', async (role) => {
    expect(await ask('/staff', `Bearer key-of-${role}`)).toMatchObject({
      status: 403,
      body: { type: 'urn:city311:problem:role' },
    });
  });

  it('knows a department by its kind, and the handler by its name', async () => {
    expect((await ask('/staff', 'bearer key-of-department:PWDx')).body).toEqual({
      name: 'test',
      role: 'department:PWDx',
      department: 'PWDx',
      known: true,
    });
    expect((await ask('/staff', 'Bearer key-of-operator')).body['department']).toBeNull();
  });

  it('goes by the handler’s roles where it has some, not by its controller’s', async () => {
    expect((await ask('/staff/import', 'Bearer key-of-importer')).status).toBe(200);
    expect((await ask('/staff/import', 'Bearer key-of-operator')).status).toBe(403);
  });

  it('gives no caller where none was asked for', async () => {
    expect((await ask('/open/caller', 'Bearer key-of-operator')).status).toBe(401);
  });

  it('takes a role that nobody knows for the least of all', () => {
    expect(roleKind({ name: 'x', role: 'admin' as Role })).toBe('channel');
  });
});
