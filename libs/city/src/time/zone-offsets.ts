/** A stretch of time in which a zone keeps one offset: milliseconds since 1970, `until` exclusive. */
export interface OffsetSpan {
  readonly from: number;
  readonly until: number;
  readonly offsetMs: number;
}

const dayMs = 86_400_000;

const offsetReader = (timeZone: string): ((instantMs: number) => number) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instantMs) => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instantMs)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instantMs / 1000) * 1000;
  };
};

/**
 * The offsets of a time zone, read from the platform's zone data once per calendar year and kept.
 * A change of offset is found to the second. Instants: milliseconds since 1970, years 1900 to 9999.
 * @throws RangeError  the platform does not know `timeZone`
 */
export const createOffsets = (timeZone: string): { at(instantMs: number): OffsetSpan } => {
  const read = offsetReader(timeZone);
  const years = new Map<number, readonly OffsetSpan[]>();

  const changeBetween = (low: number, high: number): number => {
    const before = read(low);
    let from = low;
    let to = high;
    while (to - from > 1000) {
      const middle = from + Math.floor((to - from) / 2000) * 1000;
      if (read(middle) === before) from = middle;
      else to = middle;
    }
    return to;
  };

  const spansOf = (year: number): readonly OffsetSpan[] => {
    const end = Date.UTC(year + 1, 0, 1);
    const spans: OffsetSpan[] = [];
    let start = Date.UTC(year, 0, 1);
    let offsetMs = read(start);
    for (let probe = start; probe < end;) {
      const next = Math.min(probe + 14 * dayMs, end);
      if (read(next - 1000) !== offsetMs) {
        const change = changeBetween(probe, next - 1000);
        spans.push({ from: start, until: change, offsetMs });
        start = change;
        offsetMs = read(change);
      }
      probe = next;
    }
    spans.push({ from: start, until: end, offsetMs });
    return spans;
  };

  let last: OffsetSpan = { from: 0, until: 0, offsetMs: 0 };
  return {
    at(instantMs) {
      if (instantMs >= last.from && instantMs < last.until) return last;
      const year = new Date(instantMs).getUTCFullYear();
      let spans = years.get(year);
      if (spans === undefined) {
        spans = spansOf(year);
        years.set(year, spans);
      }
      for (const span of spans) {
        if (instantMs < span.until) {
          last = span;
          return span;
        }
      }
      throw new RangeError(`no offset for ${instantMs}`);
    },
  };
};
