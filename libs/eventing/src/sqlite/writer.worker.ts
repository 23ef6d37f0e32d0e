/**
 * The writer thread: one connection, one transaction for each batch, an fsync before the answer.
 * Takes appends from its own process and, over a socket, from others, and writes what came in one turn as one batch.
 * It imports nothing of this package but `packed`, by its address, so that Node loads it from source and from the
 * build alike.
 */
import Database from 'better-sqlite3';
import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

import type * as Packed from './packed.js';
import type {
  AppendResult,
  BatchResult,
  EncodedAppend,
  FromWriter,
  PackedBatchResult,
  ToWriter,
  WriterLease,
  WriterSettings,
} from './writer-protocol.js';

const noStream = -1;
const anyRevision = -2;
const schemaVersion = 1;

const schema = `
  CREATE TABLE IF NOT EXISTS categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY, category_id INTEGER NOT NULL REFERENCES categories, name TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL REFERENCES streams, sequence INTEGER NOT NULL,
    category_id INTEGER NOT NULL, meta TEXT NOT NULL, data TEXT NOT NULL, UNIQUE (stream_id, sequence));
  -- holds (category_id, position): the row id is the last part of every index
  CREATE INDEX IF NOT EXISTS events_by_category ON events (category_id);
  CREATE TABLE IF NOT EXISTS writer_lease (
    only INTEGER PRIMARY KEY CHECK (only = 1), holder TEXT NOT NULL, token INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, socket TEXT NOT NULL);
  PRAGMA user_version = ${schemaVersion};
`;

const openLog = (settings: WriterSettings): Database.Database => {
  const db = new Database(settings.file, { timeout: 5_000 });
  const stored = db.pragma('user_version', { simple: true });
  if (typeof stored !== 'number' || stored > schemaVersion) {
    throw new Error(`${settings.file} has schema version ${String(stored)}, newer than ${schemaVersion}`);
  }
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  if (db.pragma('synchronous', { simple: true }) !== 2)
    throw new Error('the log must be opened with synchronous=FULL');
  // fewer, longer checkpoints: each costs two fsyncs on top of the commits
  // The last resort, 128 MB: a commit that stops to empty the write-ahead log holds up all appends.
  db.pragma('wal_autocheckpoint = 32000');
  db.pragma('cache_size = -32768');
  if (settings.maxPages !== null) db.pragma(`max_page_count = ${settings.maxPages}`);
  if (stored < schemaVersion) db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
  return db;
};

interface StreamHead {
  readonly id: number;
  readonly categoryId: number;
  revision: number;
}

/** Two generations of a map: about least recently used, without a list to keep. */
const createHeadCache = (capacity: number) => {
  let young = new Map<string, StreamHead>();
  let old = new Map<string, StreamHead>();
  const set = (stream: string, head: StreamHead): void => {
    if (young.size >= capacity / 2) {
      old = young;
      young = new Map();
    }
    young.set(stream, head);
  };
  return {
    set,
    get: (stream: string): StreamHead | undefined => {
      const found = young.get(stream);
      if (found !== undefined) return found;
      const older = old.get(stream);
      if (older !== undefined) set(stream, older);
      return older;
    },
    clear: (): void => {
      young = new Map();
      old = new Map();
    },
  };
};

const createWriter = (db: Database.Database, settings: WriterSettings) => {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const leaseRow = db.prepare<[], WriterLease>(
    'SELECT holder, token, expires_at AS expiresAt, socket FROM writer_lease WHERE only = 1',
  );
  const storedToken = db.prepare<[], number>('SELECT token FROM writer_lease WHERE only = 1').pluck();
  const storedHead = db.prepare<[], number>('SELECT coalesce(max(position), 0) FROM events').pluck();
  const categoryRow = db.prepare<[string], number>('SELECT id FROM categories WHERE name = ?').pluck();
  const insertCategory = db.prepare<[string]>('INSERT INTO categories (name) VALUES (?)');
  const streamRow = db.prepare<[string], { id: number; categoryId: number; revision: number }>(
    `SELECT id, category_id AS categoryId,
       coalesce((SELECT max(sequence) FROM events WHERE stream_id = streams.id), -1) AS revision
     FROM streams WHERE name = ?`,
  );
  const insertStream = db.prepare<[number, string]>('INSERT INTO streams (category_id, name) VALUES (?, ?)');
  const insertEvent = db.prepare<[number, number, number, number, string, string]>(
    'INSERT INTO events (position, stream_id, sequence, category_id, meta, data) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const writtenBefore = db.prepare<[number, string], { position: number; sequence: number }>(
    `SELECT position, sequence FROM events
     WHERE stream_id = ? AND json_extract(meta, '$[0]') = json_extract(?, '$[0]')`,
  );
  const upsertLease = db.prepare<[string, number, number, string]>(
    `INSERT INTO writer_lease (only, holder, token, expires_at, socket) VALUES (1, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET holder = excluded.holder, token = excluded.token,
       expires_at = excluded.expires_at, socket = excluded.socket`,
  );
  const extendLease = db.prepare<[number, number]>(
    'UPDATE writer_lease SET expires_at = ? WHERE only = 1 AND token = ?',
  );

  const heads = createHeadCache(settings.cachedStreams);
  const categories = new Map<string, number>();
  let token: number | null = null;
  let head = 0;

  const categoryId = (name: string): number => {
    const known =
      categories.get(name) ?? categoryRow.get(name) ?? Number(insertCategory.run(name).lastInsertRowid);
    categories.set(name, known);
    return known;
  };

  const streamHead = (stream: string): StreamHead | undefined => {
    const cached = heads.get(stream);
    if (cached !== undefined) return cached;
    const stored = streamRow.get(stream);
    if (stored !== undefined) heads.set(stream, stored);
    return stored;
  };

  const createStream = (append: EncodedAppend): StreamHead => {
    const category = categoryId(append.category);
    const id = Number(insertStream.run(category, append.stream).lastInsertRowid);
    const created: StreamHead = { id, categoryId: category, revision: noStream };
    heads.set(append.stream, created);
    return created;
  };

  const write = (append: EncodedAppend): AppendResult => {
    const { expected, texts } = append;
    const found = streamHead(append.stream);
    const count = texts.length / 2;
    if (append.retried && found !== undefined) {
      const before = writtenBefore.get(found.id, texts[0] ?? '');
      if (before !== undefined) {
        const { position, sequence } = before;
        return { outcome: 'already-written', revision: sequence + count - 1, position: position + count - 1 };
      }
    }
    const actual = found?.revision ?? noStream;
    if (expected !== anyRevision && expected !== actual) return { outcome: 'conflict', actual };
    const stream = found ?? createStream(append);
    for (let at = 0; at < texts.length; at += 2) {
      head += 1;
      stream.revision += 1;
      insertEvent.run(
        head,
        stream.id,
        stream.revision,
        stream.categoryId,
        texts[at] ?? '',
        texts[at + 1] ?? '',
      );
    }
    return { outcome: 'written', revision: stream.revision, position: head };
  };

  const rollBack = (): void => {
    if (db.inTransaction) db.exec('ROLLBACK');
    heads.clear();
    categories.clear();
    head = storedHead.get() ?? 0;
  };

  const writeBatch = (appends: readonly EncodedAppend[]): BatchResult => {
    try {
      begin.run();
      if (token === null || storedToken.get() !== token) {
        rollBack();
        token = null;
        return { outcome: 'fenced', reason: 'another process holds the writer lease' };
      }
      const results = appends.map(write);
      commit.run();
      return { outcome: 'committed', results };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      rollBack();
      return { outcome: 'failed', reason };
    }
  };

  /** Takes the lease where it is free, run out, ours, or its holder was found dead; else tells who has it. */
  const acquire = (holder: string, socket: string, deadToken: number | null) => {
    begin.run();
    try {
      const held = leaseRow.get();
      if (
        held !== undefined &&
        held.token !== deadToken &&
        held.expiresAt > Date.now() &&
        held.token !== token
      ) {
        db.exec('ROLLBACK');
        return { lease: held, acquired: false };
      }
      const lease = {
        holder,
        socket,
        token: (held?.token ?? 0) + 1,
        expiresAt: Date.now() + settings.leaseMs,
      };
      upsertLease.run(lease.holder, lease.token, lease.expiresAt, lease.socket);
      commit.run();
      token = lease.token;
      rollBack();
      return { lease, acquired: true };
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };

  /** False when the lease went to another process; a renewal that cannot be written now is tried again later. */
  const renew = (): boolean => {
    if (token === null) return true;
    try {
      if (extendLease.run(Date.now() + settings.leaseMs, token).changes === 1) return true;
      token = null;
      return false;
    } catch {
      return true;
    }
  };

  const close = (): void => {
    if (token !== null) {
      try {
        extendLease.run(0, token);
      } catch {
        // it runs out by itself
      }
    }
    db.close();
  };

  return { writeBatch, acquire, renew, close, head: () => head };
};

const packedFile = import.meta.url.endsWith('.ts') ? './packed.ts' : './packed.js';
const packed = (await import(new URL(packedFile, import.meta.url).href)) as typeof Packed;

const port = parentPort;
if (port === null) throw new Error('the log writer runs as a worker thread');
const settings = workerData as WriterSettings;
const answer = (message: FromWriter): void => {
  port.postMessage(message);
};
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const writer = createWriter(openLog(settings), settings);

interface Job {
  readonly appends: readonly EncodedAppend[];
  /** Null for this process's own. */
  readonly socket: Socket | null;
  readonly id: number;
}

let jobs: Job[] = [];
let closed = false;
const servers = new Map<string, { readonly server: Server; readonly sockets: Set<Socket> }>();

const tell = ({ socket, id, appends }: Job, result: BatchResult): void => {
  if (socket === null) {
    const own: PackedBatchResult =
      result.outcome === 'committed'
        ? { outcome: 'committed', results: packed.packResults(result.results) }
        : result;
    answer({ kind: 'answer', id, result: own });
  } else if (socket.writable) {
    const results =
      result.outcome === 'committed'
        ? result.results
        : appends.map((): AppendResult => ({ outcome: 'failed', reason: result.reason }));
    socket.write(packed.resultsFrame(id, packed.packResults(results)));
  }
};

const flush = (): void => {
  const batch = jobs;
  jobs = [];
  if (batch.length === 0 || closed) return;
  const [only] = batch;
  const result = writer.writeBatch(
    batch.length === 1 && only !== undefined ? only.appends : batch.flatMap(({ appends }) => appends),
  );
  let at = 0;
  for (const job of batch) {
    const end = at + job.appends.length;
    const own =
      result.outcome === 'committed'
        ? { outcome: result.outcome, results: result.results.slice(at, end) }
        : result;
    at = end;
    tell(job, own);
  }
  if (result.outcome === 'fenced') answer({ kind: 'lost', reason: result.reason });
  if (result.outcome !== 'committed') return;
  // Answers go first: whoever hears of the commit knows its own part of it then.
  const frame = packed.commitFrame(writer.head());
  for (const { sockets } of servers.values())
    for (const socket of sockets) if (socket.writable) socket.write(frame);
  if (batch.some(({ socket }) => socket !== null)) answer({ kind: 'commit', head: writer.head() });
};

const take = (job: Job): void => {
  jobs.push(job);
  if (jobs.length === 1) setImmediate(flush);
};

const listen = async (path: string): Promise<void> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.write(packed.commitFrame(writer.head()));
    packed.readFrames(socket, (body) => {
      const { id, packed: appends } = packed.readAppendFrame(body);
      take({ appends: packed.unpackAppends(appends), socket, id });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  server.on('error', () => undefined);
  servers.set(path, { server, sockets });
  await chmod(path, 0o600);
};

const stopListening = (path: string): void => {
  const served = servers.get(path);
  servers.delete(path);
  served?.server.close();
  for (const socket of served?.sockets ?? []) socket.destroy();
};

const renewal = setInterval(() => {
  if (!writer.renew()) answer({ kind: 'lost', reason: 'the writer lease went to another process' });
}, settings.leaseMs / 3);

port.on('message', (message: ToWriter) => {
  // What was sent behind the close is answered by the end of the thread.
  if (closed) return;
  switch (message.kind) {
    case 'write':
      take({ appends: packed.unpackAppends(message.appends), socket: null, id: message.id });
      break;
    case 'acquire':
      try {
        const { lease, acquired } = writer.acquire(message.holder, message.socket, message.deadToken);
        answer({ kind: 'lease', id: message.id, lease, acquired });
      } catch (error) {
        answer({ kind: 'refused', id: message.id, reason: reasonOf(error) });
      }
      break;
    case 'listen':
      listen(message.path).then(
        () => {
          answer({ kind: 'listening', id: message.id });
        },
        (error: unknown) => {
          stopListening(message.path);
          answer({ kind: 'refused', id: message.id, reason: reasonOf(error) });
        },
      );
      break;
    case 'stop-listening':
      stopListening(message.path);
      break;
    case 'close':
      flush();
      closed = true;
      clearInterval(renewal);
      writer.close();
      for (const path of [...servers.keys()]) stopListening(path);
      answer({ kind: 'closed', id: message.id });
      port.close();
      break;
  }
});
answer({ kind: 'opened' });
