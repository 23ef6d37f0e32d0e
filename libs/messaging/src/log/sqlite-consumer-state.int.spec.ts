import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Position } from '@city311/kernel';

import { FencedError, type ConsumerState, type Member, type MessageToPark } from './consumer-state.js';
import { openSqliteConsumerState } from './sqlite-consumer-state.js';

const at = (n: number): Position => String(n).padStart(4, '0') as Position;
const member = (token: number): Member => ({ group: 'g', topic: 't', token });
const message = (caseNumber: string, n: number): MessageToPark => ({
  caseNumber,
  position: at(n),
  eventId: `event-${n}`,
  type: 'test.Some.v1',
  stream: `test.case-${caseNumber}`,
  sequence: n,
  reason: 'no',
  attempts: 1,
  readable: true,
  event: '{}',
});

describe("The consumers' state on SQLite", () => {
  let folder: string;
  let state: ConsumerState;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consumers-'));
    state = openSqliteConsumerState({ folder });
  });
  afterEach(async () => {
    state.close();
    await rm(folder, { recursive: true });
  });

  it('keeps checkpoints and parked messages over a restart', () => {
    expect(state.claim(member(1))).toBeNull();
    state.moveCheckpoint(member(1), at(7));
    state.park(member(1), [message('A', 3)]);
    state.close();
    state = openSqliteConsumerState({ folder });
    expect(state.claim(member(2))).toBe(at(7));
    expect(state.lines(member(2))).toEqual(new Map([['A', at(3)]]));
    expect(state.parkedCounts()).toEqual([{ group: 'g', topic: 't', count: 1 }]);
  });

  it('refuses every write of a member that was replaced', () => {
    state.claim(member(1));
    state.park(member(1), [message('A', 1)]);
    state.claim(member(2));
    const old = member(1);
    expect(() => state.claim(old)).toThrow(FencedError);
    expect(() => state.moveCheckpoint(old, at(1))).toThrow(FencedError);
    expect(() => state.park(old, [message('B', 2)])).toThrow(FencedError);
    expect(() => state.unpark(old, 'A', at(1))).toThrow(FencedError);
    expect(() => state.parkAgain(old, 'A', at(1), 'x')).toThrow(FencedError);
    expect(() => state.resendDone(old, 'A')).toThrow(FencedError);
    expect(state.list({ limit: 10 })).toHaveLength(1);
  });

  it('lines a case up in the order of the log, and each message once', () => {
    state.claim(member(1));
    state.park(member(1), [message('A', 5), message('A', 2), message('B', 3)]);
    state.park(member(1), [{ ...message('A', 5), reason: 'again' }]);
    expect(state.line(member(1), 'A', 10).map(({ position, reason }) => [position, reason])).toEqual([
      [at(2), 'no'],
      [at(5), 'no'],
    ]);
  });

  it('shows another process what was asked to be sent again', () => {
    state.claim(member(1));
    state.park(member(1), [message('A', 1), message('A', 2), message('B', 3)]);
    const console = openSqliteConsumerState({ folder });
    expect(console.requestResend('g', 'A')).toBe(2);
    expect(console.requestResend('g', null)).toBe(3);
    expect(console.requestResend('other', null)).toBe(0);
    console.close();
    expect(state.resends(member(1))).toEqual(['A', 'B']);
    state.parkAgain(member(1), 'A', at(1), 'still not');
    state.resendDone(member(1), 'B');
    expect(state.resends(member(1))).toEqual([]);
    expect(state.find('g', 'event-1')).toMatchObject({ reason: 'still not', attempts: 2 });
  });
});
