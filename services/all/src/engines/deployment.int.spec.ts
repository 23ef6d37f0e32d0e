import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { newEventId, openSqliteEventStore, type EventStore } from '@city311/eventing';
import { streamName } from '@city311/kernel';
import { openSqliteVault, type Vault } from '@city311/vault';

import { checkDeployment, DeploymentError } from './deployment.js';

/** Ports alone: which engine is behind them makes no difference here. */
describe('A log and a vault that are apart', () => {
  let room = '';
  const opened: { close(): Promise<void> }[] = [];
  const log = async (name: string): Promise<EventStore> => {
    const store = await openSqliteEventStore({ folder: join(room, name) });
    opened.push(store);
    return store;
  };
  const vaultOf = async (name: string): Promise<Vault> => {
    const vault = await openSqliteVault({ folder: join(room, name) });
    opened.push(vault);
    return vault;
  };
  const write = async (store: EventStore, vault: Vault): Promise<void> => {
    const [text] = await vault.protect('case:260000000014', ['A deep hole']);
    const event = {
      id: newEventId(),
      type: 'intake.CaseOpened.v1',
      data: { description: { original: text } },
      source: '/intake',
      subject: '260000000014',
      time: '2026-01-05T08:00:00.000Z',
      actor: 'key:web',
      jurisdiction: 'boston.gov',
      imported: false,
      correlationId: 'x',
    };
    await store.append(streamName('intake.case', '260000000014'), [event], 'any');
  };
  const check = (store: EventStore, vault: Vault): Promise<void> =>
    checkDeployment({ store, vault }, 'boston.gov');

  beforeEach(async () => {
    room = await mkdtemp(join(tmpdir(), 'deployment-'));
  });
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
    await rm(room, { recursive: true, force: true });
  });

  it('get one name at their first start, by however many processes, and keep it', async () => {
    const [store, vault] = [await log('a'), await vaultOf('a')];
    await Promise.all([check(store, vault), check(store, vault), check(store, vault)]);
    const name = await vault.deployment();
    expect(name).toMatch(/^[0-9a-f-]{36}$/);
    await check(store, vault);
    expect(await vault.deployment()).toBe(name);
    expect(await store.readStream(streamName('system.deployment', 'name'))).toHaveLength(1);
  });

  it('of a version without names get one where the vault reads the log, and are refused where it does not', async () => {
    const [store, vault, other] = [await log('a'), await vaultOf('a'), await vaultOf('b')];
    await write(store, vault);
    await expect(check(store, other)).rejects.toThrow(DeploymentError);
    await check(store, vault);
    await expect(check(store, other)).rejects.toThrow(/has no key/);
  });

  it('of two systems are refused, and so is a new log beside a vault that is in use', async () => {
    const [store, vault] = [await log('a'), await vaultOf('a')];
    await check(store, vault);
    await write(store, vault);
    const [others, otherVault] = [await log('b'), await vaultOf('b')];
    await check(others, otherVault);
    await expect(check(store, otherVault)).rejects.toThrow(/two systems/);
    await expect(check(others, vault)).rejects.toThrow(/two systems/);
    await expect(check(await log('c'), vault)).rejects.toThrow(/is new, or another's/);
    await expect(check(store, await vaultOf('c'))).rejects.toThrow(/has no key/);
  });

  it('go on where a crash came between the two names', async () => {
    const [store, vault] = [await log('a'), await vaultOf('a')];
    const broken: Vault = { ...vault, nameDeployment: () => Promise.reject(new Error('killed')) };
    await expect(check(store, broken)).rejects.toThrow('killed');
    await check(store, vault);
    expect(await vault.deployment()).not.toBeNull();
  });
});
