const codes = /^(SQLITE_FULL|SQLITE_IOERR.*|ENOSPC|EDQUOT|EIO)$/;
const words = /disk is full|disk I\/O error|ENOSPC|EDQUOT|\bEIO\b/;
/** Errors within each other; more than that nobody builds. */
const depth = 6;

const memberOf = (value: object, name: string): unknown =>
  name in value ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** Words that say that a disk took nothing, found in an error, its causes, or what a log line tells; null where it says so nowhere. */
export const diskCause = (value: unknown, left = depth): string | null => {
  if (typeof value === 'string') return words.test(value) ? value : null;
  if (typeof value !== 'object' || value === null || left === 0) return null;
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = diskCause(item, left - 1);
      if (found !== null) return found;
    }
    return null;
  }
  const [code, message] = [memberOf(value, 'code'), memberOf(value, 'message')];
  if (typeof code === 'string' && codes.test(code)) return typeof message === 'string' ? message : code;
  for (const name of ['message', 'reason', 'cause', 'err', 'errors', 'troubles']) {
    const found = diskCause(memberOf(value, name), left - 1);
    if (found !== null) return found;
  }
  return null;
};
