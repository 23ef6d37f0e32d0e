import { createLogger, type Logger } from '@city311/platform';

import type { Config } from '../config.js';
import { OutageLines } from '../outages/outage-lines.js';
import { diskOf, DiskWatch } from './disk-watch.js';

/** What a thread knows of the disk, and a logger that leaves out what a full one, or an engine that is away, makes everybody say again and again. */
export interface WatchedDisk {
  readonly logger: Logger;
  /** Why nothing can be written at the moment; none where it can, or where no engine is a file. */
  troubles(): readonly string[];
  /** An error of an append or of the vault. */
  readonly suspect: (error: unknown) => void;
  stop(): void;
}

const isRoom = (line: string): boolean => line.includes('disk is full') || line.includes('again');

/**
 * Both threads watch. That room is short both of them see, and the one that answers tells it: a disk that is full gets
 * one line a minute.
 */
export const watchDisk = (config: Config, thread: 'http' | 'background'): WatchedDisk => {
  const outages = new OutageLines();
  if (config.EVENTSTORE_URL !== undefined && config.MONGODB_URL !== undefined) {
    return {
      logger: createLogger(config.LOG_LEVEL, undefined, (first, text) => outages.isRepeated(first, text)),
      troubles: () => [],
      suspect: () => undefined,
      stop: () => undefined,
    };
  }
  const watch = new DiskWatch(diskOf(config.DATA_DIR), (line) => {
    if (thread === 'http' || !isRoom(line)) logger.error({ folder: 'DATA_DIR' }, line);
  });
  const logger = createLogger(
    config.LOG_LEVEL,
    undefined,
    (first, text) => watch.suspect(first) || outages.isRepeated(first, text),
  );
  return {
    logger,
    troubles: () => {
      const why = watch.trouble();
      return why === null ? [] : [`disk: ${why}`];
    },
    suspect: (error) => {
      watch.suspect(error);
    },
    stop: () => {
      watch.stop();
    },
  };
};
