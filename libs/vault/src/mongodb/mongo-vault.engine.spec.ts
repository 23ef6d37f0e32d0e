import { randomBytes, randomUUID } from 'node:crypto';
import { inspect } from 'node:util';

import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import mongoose from 'mongoose';

import { TransientError } from '@city311/kernel';
import type { CaseNumber, ProtectedText } from '@city311/kernel';
import { describeWithMongo } from '@city311/testing';
import { openMongoVault, type Author, type MongoVault } from '@city311/vault';

// The stand-in is slow to start and to look many keys up.
jest.setTimeout(60_000);

const at = '2026-01-05T08:00:00.000Z';
const author: Author = 'case:260000012345';
const jo = {
  email: 'jo@example.org',
  phone: '617-555-0142',
  firstName: 'Joanna',
  consent: true,
  language: 'en',
};

await describeWithMongo('The vault on MongoDB', ({ url, outage }) => {
  const masterKey = randomBytes(32);
  let connection: mongoose.Connection;
  let vault: MongoVault;
  let commands: { readonly name: string; readonly command: mongoose.mongo.Document }[];

  const open = (key: Uint8Array = masterKey, olderMasterKeys: readonly Uint8Array[] = []) =>
    openMongoVault({ connection, masterKey: key, olderMasterKeys });
  const collection = (name: string) => connection.getClient().db(connection.name).collection(name);
  const everything = async (): Promise<string> => {
    const names = await connection.getClient().db(connection.name).listCollections().toArray();
    const documents = await Promise.all(names.map(({ name }) => collection(name).find({}).toArray()));
    return inspect(documents, { depth: 9, maxStringLength: null, maxArrayLength: null });
  };

  beforeEach(async () => {
    connection = await mongoose
      .createConnection(url, {
        dbName: `vault_${randomUUID().slice(0, 8)}`,
        monitorCommands: true,
        serverSelectionTimeoutMS: 1_000,
      })
      .asPromise();
    commands = [];
    connection.getClient().on('commandStarted', ({ commandName, command }) => {
      commands.push({ name: commandName, command });
    });
    vault = await open();
  });
  afterEach(async () => {
    await vault.close();
    await connection.dropDatabase();
    await connection.close();
  });

  it('asks for the journals of a majority with every write, and reads only what has that', async () => {
    commands.length = 0;
    const id = await vault.rememberContact(jo);
    await vault.rememberContact({ ...jo, firstName: 'Jo' });
    await vault.reserveKeys([author]);
    await vault.noteCase(`contact:${id}`, '260000012345' as CaseNumber);
    await vault.contacts([id]);
    await vault.erase(`contact:${id}`, at);
    await vault.reapplyErasures(await vault.erased());
    const writes = commands.filter(({ name }) => ['insert', 'update', 'delete'].includes(name));
    expect(writes.length).toBeGreaterThan(8);
    for (const { command } of writes)
      expect(command['writeConcern']).toMatchObject({ w: 'majority', j: true });
    const reads = commands.filter(({ name }) => name === 'find');
    expect(reads.length).toBeGreaterThan(5);
    for (const { command } of reads) expect(command['readConcern']).toEqual({ level: 'majority' });
  });

  it('carries what is asked for in one turn to the server together', async () => {
    const authors = Array.from({ length: 60 }, (_, n): Author => `case:${260000012000 + n}`);
    commands.length = 0;
    const texts = await Promise.all(authors.map((by) => vault.protect(by, ['a hole'])));
    expect(commands.map(({ name }) => name)).toEqual(['find', 'insert']);
    commands.length = 0;
    expect((await Promise.all(texts.map((text) => vault.reveal(text)))).flat()).toHaveLength(60);
    expect(commands.map(({ name }) => name)).toEqual(['find']);
  });

  it('holds nothing in clear, and of an erased person nothing but the tombstone and the case', async () => {
    const id = await vault.rememberContact(jo);
    await vault.protect(`contact:${id}`, ['a hole']);
    await vault.noteCase(`contact:${id}`, '260000012345' as CaseNumber);
    const before = await everything();
    for (const clear of ['jo@', 'example', '555', 'Joanna', 'a hole']) expect(before).not.toContain(clear);
    expect(before).not.toContain(masterKey.toString('hex'));
    await vault.erase(`contact:${id}`, at);
    for (const name of ['vault_keys', 'vault_contacts'])
      expect(await collection(name).countDocuments()).toBe(0);
    expect(await vault.casesOf(`contact:${id}`)).toEqual(['260000012345']);
  });

  it('opens with its own master key only, and the message shows none', async () => {
    const other = randomBytes(32);
    const thrown: unknown = await open(other).catch((error: unknown) => error);
    const said = inspect(thrown, { showHidden: true, depth: 9 });
    expect(said).toMatch(/the master key given \([\w-]{12}\) is not that of this vault \([\w-]{12}\)/);
    for (const key of [other, masterKey]) expect(said).not.toContain(key.toString('hex').slice(0, 12));
    await expect(open(randomBytes(31))).rejects.toThrow('one that was given has 31');
    await vault.protect(author, ['a hole']);
    await collection('vault_secrets').deleteMany({});
    await expect(open()).rejects.toThrow('vault_secrets is empty beside a vault that is not');
  });

  it('changes its master key while it is used; the old one is of no use after that', async () => {
    const authors = Array.from({ length: 520 }, (_, n): Author => `case:${260000012000 + n}`);
    await vault.reserveKeys(authors);
    const id = await vault.rememberContact(jo);
    const old = await vault.protect(author, ['old']);
    const link = vault.deriveSecret('unsubscribe', id);
    const newer = randomBytes(32);
    const next = await open(newer, [masterKey]);
    const fresh = await next.protect('staff:roads', ['new']);
    await expect(vault.reveal(fresh)).rejects.toThrow(TransientError);
    const [count] = await Promise.all([next.rewrapKeys(), next.erase('case:260000012001', at)]);
    expect(count).toBeGreaterThanOrEqual(authors.length);
    expect(await next.rewrapKeys()).toBe(0);
    await expect(open()).rejects.toThrow('is not that of this vault');
    const last = await open(newer);
    expect(await last.reveal([...old, ...fresh])).toEqual(['old', 'new']);
    expect(await last.keyIdOf('case:260000012001')).toBeNull();
    expect(await last.findContact({ email: jo.email })).toBe(id);
    expect(last.deriveSecret('unsubscribe', id)).toBe(link);
  });

  it('ends an erasure that was broken off, when it is opened and when it is asked for again', async () => {
    for (const again of [() => open(), () => vault.erase(author, at)]) {
      const texts = await vault.protect(author, ['a hole']);
      const keyId = await vault.keyIdOf(author);
      await collection('vault_erasures').insertOne({
        _id: keyId as never,
        author,
        at,
        place: 0,
        pending: true,
      });
      await again();
      expect(await vault.reveal(texts)).toEqual([null]);
      expect(await vault.keyIdOf(author)).toBeNull();
      expect(await collection('vault_erasures').countDocuments({ pending: true })).toBe(0);
    }
    expect(await vault.erased()).toHaveLength(2);
  });

  it('reveals every text or says that it is erased, while several doors write and erase the same author', async () => {
    const doors = [vault, await open(), await open()];
    const written: (readonly ProtectedText[])[] = [];
    const work = async (door: MongoVault, n: number): Promise<void> => {
      for (let turn = 0; turn < 15; turn += 1) {
        if ((turn + n) % 5 === 0) await door.erase(author, at);
        else {
          const text = `${n} ${turn}`;
          const hidden = await door.protect(author, [text]);
          written.push(hidden);
          expect([text, null]).toContain((await door.reveal(hidden))[0]);
        }
      }
    };
    await Promise.all(doors.map(work));
    await vault.erase(author, at);
    for (const door of doors) {
      const texts = await door.reveal(written.flat());
      expect(new Set(texts)).toEqual(new Set([null]));
    }
  });

  it('never finds a person by an erased record, while they are remembered and erased', async () => {
    const doors = [vault, await open()];
    const gone = new Set<string>();
    const work = async (door: MongoVault, n: number): Promise<void> => {
      for (let turn = 0; turn < 12; turn += 1) {
        const erasedBefore = new Set(gone);
        const id = await door.rememberContact({ ...jo, firstName: `Jo ${n} ${turn}` });
        expect(erasedBefore.has(id)).toBe(false);
        if (turn % 3 === n) {
          await door.erase(`contact:${id}`, at);
          gone.add(id);
        }
      }
    };
    await Promise.all(doors.map(work));
    const id = await vault.findContact({ email: jo.email });
    expect(gone.has(id ?? '')).toBe(false);
    expect(await collection('vault_contacts').countDocuments()).toBeLessThanOrEqual(1);
  });

  (outage === null ? it.skip : it)(
    'says while the server is away that it may work later, with nothing private, and has lost nothing after',
    async () => {
      const texts = await vault.protect(author, ['a hole']);
      const id = await vault.rememberContact(jo);
      await vault.erase('case:1', at);
      await outage?.kill();
      const noted = vault.noteCase(`contact:${id}`, '260000012345' as CaseNumber);
      const thrown = await Promise.allSettled([
        vault.protect('case:2', ['a hole']),
        vault.rememberContact({ ...jo, firstName: 'Jo' }),
        vault.reveal(texts),
        vault.erase(author, at),
      ]);
      for (const outcome of thrown) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(TransientError) });
        const said = inspect(outcome, { showHidden: true, depth: 9 });
        for (const secret of ['jo@', 'example.org', '0142', 'a hole']) expect(said).not.toContain(secret);
      }
      await outage?.restart();
      await noted;
      expect(await vault.reveal(texts)).toEqual(['a hole']);
      expect((await vault.contacts([id])).get(id)).toMatchObject({ firstName: 'Joanna' });
      expect(await vault.casesOf(`contact:${id}`)).toEqual(['260000012345']);
    },
  );
});
