import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { describeLeasesContract } from '@city311/testing';

import { manualClock } from './clock.js';
import { holderIsGone, processHolder } from './holder.js';
import { openSqliteLeases } from './sqlite-leases.js';

describeLeasesContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'leases-'));
  const clock = manualClock('2026-01-01T00:00:00.000Z');
  const one = openSqliteLeases({ folder, clock });
  const two = openSqliteLeases({ folder, clock });
  return {
    one,
    two,
    advance: async (ms) => clock.advance(ms),
    close: async () => {
      one.close();
      two.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('a holder', () => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid;

  it('is not gone while its process runs', () => {
    expect(holderIsGone(processHolder())).toBe(false);
  });

  it('is gone once its process has ended', () => {
    expect(holderIsGone(`${hostname()}/${dead}/1/ab`)).toBe(true);
  });

  it('is gone when its number belongs to a later process', () => {
    expect(holderIsGone(`${hostname()}/${process.pid}/1/ab`)).toBe(true);
  });

  it('is not gone because its name says nothing of its start', () => {
    expect(holderIsGone(`${hostname()}/${process.pid}//ab`)).toBe(false);
    expect(holderIsGone(`${hostname()}/${process.pid}`)).toBe(false);
  });

  it('cannot be judged from another host, or under another form of name', () => {
    expect(holderIsGone(`elsewhere/${dead}/1/ab`)).toBe(false);
    expect(holderIsGone('anything')).toBe(false);
  });

  it('loses its running lease at once when it is gone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leases-'));
    const leases = openSqliteLeases({ folder });
    const before = await leases.acquire('relay', `${hostname()}/${dead}/1/ab`, 60_000);
    const after = await leases.acquire('relay', processHolder(), 60_000);
    expect(after?.token).toBeGreaterThan(before?.token ?? Infinity);
    leases.close();
    await rm(folder, { recursive: true });
  });
});
