import { randomUUID } from 'node:crypto';

/** Builders of this process that are still open, so that a restarted process with the same id is told from them. */
const open = new Set<string>();

/** `<process id>:<uuid>`: whoever fills a generation. */
export const newBuilder = (): string => {
  const builder = `${process.pid}:${randomUUID()}`;
  open.add(builder);
  return builder;
};

export const closeBuilder = (builder: string): void => {
  open.delete(builder);
};

/** Whether the builder may still be at work. Knows processes of this machine only. */
export const isAtWork = (builder: string): boolean => {
  const pid = Number(builder.split(':')[0]);
  if (pid === process.pid) return open.has(builder);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
