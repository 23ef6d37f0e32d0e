const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Stands where an attribute would, for a header that says none. */
export class UnreadableHeader {
  constructor(readonly fault: string) {}
}

const quoted = /^"((?:[^"\\]|\\.)*)"$/s;

/** RFC 7230, 3.2.6; null where the quotes do not close at the end. */
const unquoted = (value: string): string | null => {
  if (!value.startsWith('"')) return value;
  const inside = quoted.exec(value)?.[1];
  return inside === undefined ? null : inside.replace(/\\(.)/gs, '$1');
};

/** Node reads a header's bytes as Latin-1. */
const percentDecoded = (value: string): string | null => {
  const bytes = value.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  try {
    return decoder.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return null;
  }
};

/**
 * The value of an attribute's header: quotes and their escapes are taken off, then it is percent-decoded once, to UTF-8.
 * A percent sign without two hex digits stands for itself.
 * Source: CloudEvents HTTP binding 1.0.2, 3.1.3.2.
 */
const attributeOf = (value: string): string | UnreadableHeader => {
  const bare = unquoted(value);
  if (bare === null) return new UnreadableHeader('must end where its quotes end');
  return percentDecoded(bare) ?? new UnreadableHeader('must be percent-encoded UTF-8');
};

/** Binary mode: attributes stand in `ce-` headers, the body is the data. */
export const fromHeaders = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  data: unknown,
): unknown => {
  const event: Record<string, unknown> = { data };
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith('ce-') || typeof value !== 'string') continue;
    const name = header.slice('ce-'.length);
    if (name !== 'data' && name !== 'data_base64') event[name] = attributeOf(value);
    else event[header] = new UnreadableHeader('is no attribute: the body is the data');
  }
  return event;
};
