import { afterEach, describe, expect, it } from '@jest/globals';

import { Client } from '../server/client.js';
import type { BlockRow } from './columns.js';
import { FakeServer, type Trouble } from './fake-server.js';
import { Player, type Played, type PlayerLimits } from './player.js';
import { sampleRow } from './sample-row.js';

const limits: PlayerLimits = { batchSize: 10, lanes: 3, inFlight: 25, stallMs: 30_000 };
const open = { case_status: 'Open', closed_dt: '' };

function* rowsOf(count: number): Generator<BlockRow> {
  for (let place = 0; place < count; place += 1) {
    const id = { case_enquiry_id: String(900_000_000_000 + place) };
    if (place % 10 === 3) yield { block: '', row: sampleRow({ ...id, ...open, closure_reason: ' ' }) };
    else if (place % 10 === 7) yield { block: '', row: sampleRow({ ...id, ...open }) };
    else yield { block: '', row: sampleRow(id) };
  }
}

let server: FakeServer | undefined;
let client: Client | undefined;
afterEach(() => {
  client?.close();
  server?.stop();
});

const play = async (
  trouble: Trouble,
  withheld: readonly string[] = [],
  stallMs = 30_000,
): Promise<Played> => {
  server = new FakeServer(trouble);
  for (const id of withheld) server.withheld.add(id);
  client = new Client(await server.start(), 'key', { firstDelayMs: 5, timeoutMs: 10_000 });
  return new Player(client, { ...limits, stallMs }).play(rowsOf(100));
};

const whole = {
  read: 100,
  reported: 100,
  cases: 100,
  completed: 90,
  reopened: 10,
  inFlight: 0,
  failures: [],
};

describe('the player', () => {
  it('reports every row, closes what was closed and opens again what came back', async () => {
    expect(await play(() => null)).toMatchObject({ ...whole, drained: true });
    expect(server?.completed.size).toBe(90);
    expect(server?.reopened).toHaveLength(10);
  });

  it('goes on after answers that say later', async () => {
    const played = await play((_, count) => (count % 3 === 1 ? 503 : null));
    expect(played).toMatchObject(whole);
  });

  it('goes on after broken connections, also where the effect was had and the answer lost', async () => {
    const played = await play((path, count) => {
      if (path === '/api/status') return null;
      return count % 4 === 1 ? 'hang up' : count % 4 === 2 ? 'hang up after' : null;
    });
    expect(played).toMatchObject(whole);
    expect(server?.caseOf.size).toBe(100);
    expect(server?.completed.size).toBe(90);
  });

  it('names the rows for which no order ever came', async () => {
    const played = await play(() => null, ['900000000042'], 300);
    expect(played).toMatchObject({ completed: 89, reported: 100 });
    expect(played.failures).toEqual([
      { id: '900000000042', door: 'work-orders', reason: 'no work order came' },
    ]);
  });

  it('names a row that has no opening time and plays the others', async () => {
    server = new FakeServer();
    client = new Client(await server.start(), 'key');
    const rows = function* (): Generator<BlockRow> {
      yield { block: '', row: sampleRow({ open_dt: 'once' }) };
      yield { block: '', row: sampleRow({ case_enquiry_id: '900000000002' }) };
    };
    const played = await new Player(client, limits).play(rows());
    expect(played).toMatchObject({ read: 2, reported: 1, completed: 1 });
    expect(played.failures).toMatchObject([{ id: '900000000001', door: 'row' }]);
  });

  it('stops with an error when a completion never gets an answer', async () => {
    const played = play((path) => (path === '/api/work-orders/batch' ? 'hang up' : null));
    await expect(played).rejects.toThrow('socket hang up, 8 tries');
  });

  it('stops with an error when the server is gone', async () => {
    client = new Client('http://127.0.0.1:9', 'key', { attempts: 2, firstDelayMs: 1 });
    await expect(new Player(client, limits).play(rowsOf(5))).rejects.toThrow(/2 tries/);
  });
});
