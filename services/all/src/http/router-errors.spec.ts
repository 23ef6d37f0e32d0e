import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';

import { answerRouterError } from './router-errors.js';

describe('A refusal of the router', () => {
  it.each([
    ['/%ff', 400],
    [`/${'9'.repeat(300)}`, 414],
  ])('is a problem, and does not repeat the address', async (url, status) => {
    const server = fastify({ frameworkErrors: answerRouterError });
    server.get('/:name', () => 'here');
    const answer = await server.inject({ url });
    await server.close();
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toMatchObject({ status, detail: 'the address of the request cannot be read' });
  });
});
