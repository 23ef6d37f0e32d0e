import { describe, expect, it } from '@jest/globals';

import type { Outcome } from '../messaging.js';
import { CaseLines, type CaseLinesOptions } from './case-lines.js';
import type { Slice } from './watermark.js';

interface Message {
  readonly label: string;
  readonly slice: Slice<number>;
}

const slice = (): Slice<number> => ({ position: 1, pending: 0 });
const message = (subject: string, n: number, of: Slice<number>): Message => ({
  label: `${subject}${n}`,
  slice: of,
});
const label = (one: Message): string => one.label;

const setUp = (
  deliver: (text: string) => Promise<Outcome>,
  more: Partial<CaseLinesOptions<Message>> = {},
) => {
  const stop = new AbortController();
  const parked: string[][] = [];
  const lines = new CaseLines<Message>({
    deliver: (one) => deliver(label(one)),
    park: (line) => void parked.push(line.map(label)),
    onRetry: () => undefined,
    maxAttempts: 2,
    retryDelayMs: 4,
    maxMessages: 10,
    maxWaiting: 3,
    stopping: stop.signal,
    ...more,
  });
  return { lines, parked, stop };
};

describe('Case lines', () => {
  it('settle what was handled', async () => {
    const { lines } = setUp(async () => 'handled');
    const of = slice();
    for (const n of [1, 2]) lines.add('A', message('A', n, of));
    expect(of.pending).toBe(2);
    await lines.idle();
    expect(of.pending).toBe(0);
    expect(lines.has('A')).toBe(false);
  });

  it('park a case with all that stands behind the failing message, and settle it', async () => {
    const { lines, parked } = setUp(async (text) => (text === 'A2' ? { park: 'no' } : 'handled'));
    const of = slice();
    for (const n of [1, 2, 3]) lines.add('A', message('A', n, of));
    await lines.idle();
    expect(parked).toEqual([['A2', 'A3']]);
    expect(of.pending).toBe(0);
  });

  it('keep a message that cannot be parked until it can', async () => {
    let full = 3;
    const parked: string[][] = [];
    const park = (line: readonly Message[]): void => {
      full -= 1;
      if (full > 0) throw new Error('disk full');
      parked.push(line.map(label));
    };
    const { lines } = setUp(async () => ({ park: 'no' }), { park });
    const of = slice();
    lines.add('A', message('A', 1, of));
    await new Promise((resolve) => setImmediate(resolve));
    lines.add('A', message('A', 2, of));
    await lines.idle();
    expect(parked).toEqual([['A1', 'A2']]);
    expect(of.pending).toBe(0);
  });

  it('park what joins a line behind it while it is being parked', async () => {
    const gate = Promise.withResolvers<void>();
    const calls: { readonly line: readonly string[]; readonly reason: string }[] = [];
    const ended: string[] = [];
    const { lines } = setUp(async () => ({ park: 'no' }), {
      park: async (line, reason) => {
        calls.push({ line: line.map(label), reason });
        if (calls.length === 1) await gate.promise;
      },
      onParked: (caseNumber, head) => ended.push(`${caseNumber} ${head.label}`),
    });
    const of = slice();
    lines.add('A', message('A', 1, of));
    await new Promise((resolve) => setImmediate(resolve));
    lines.add('A', message('A', 2, of));
    gate.resolve();
    await lines.idle();
    expect(calls).toEqual([
      { line: ['A1'], reason: 'no' },
      { line: ['A2'], reason: 'queued-behind' },
    ]);
    expect(ended).toEqual(['A A1']);
    expect(of.pending).toBe(0);
  });

  it('have no room while too many cases wait for a retry, and room again after it', async () => {
    let broken = true;
    const { lines } = setUp(
      async () => {
        if (broken) throw new Error('broken');
        return 'handled';
      },
      { maxAttempts: 100, retryDelayMs: 300 },
    );
    const of = slice();
    for (const caseNumber of ['A', 'B', 'C']) lines.add(caseNumber, message(caseNumber, 1, of));
    await new Promise((resolve) => setImmediate(resolve));
    let room = false;
    const waiting = lines.room().then(() => (room = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(room).toBe(false);
    broken = false;
    await waiting;
    await lines.idle();
    expect(of.pending).toBe(0);
  });

  it('have no room while too many messages are in hand', async () => {
    const gate = Promise.withResolvers<void>();
    const { lines } = setUp(async () => {
      await gate.promise;
      return 'handled';
    });
    const of = slice();
    for (let n = 0; n < 10; n += 1) lines.add(`case${n}`, message(`case${n}`, 1, of));
    let room = false;
    const waiting = lines.room().then(() => (room = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(room).toBe(false);
    gate.resolve();
    await waiting;
  });

  it('leave a case that waits for a retry unsettled when they stop', async () => {
    const { lines, stop, parked } = setUp(() => Promise.reject(new Error('broken')), {
      retryDelayMs: 60_000,
    });
    const of = slice();
    for (const n of [1, 2]) lines.add('A', message('A', n, of));
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await lines.idle();
    expect(of.pending).toBe(2);
    expect(parked).toEqual([]);
  });
});
