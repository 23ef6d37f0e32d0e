import Database from 'better-sqlite3';

/**
 * Moves committed pages from the write-ahead log into the file, as far as no reader needs them where they are.
 * By a connection of its own: the writer goes on meanwhile.
 */
export const keepLogShort = (file: string, everyMs: number): { stop(): void } => {
  const db = new Database(file, { timeout: 100 });
  db.pragma('synchronous = FULL');
  const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  const timer = setInterval(() => {
    try {
      checkpoint.all();
    } catch {
      // No room, or busy: tried again in a while. A disk that is full shows where it matters, in the appends.
    }
  }, everyMs).unref();
  return {
    stop: () => {
      clearInterval(timer);
      db.close();
    },
  };
};
