import type { LogIndex } from './log-index.js';
import type { Streams } from './protocol.js';

/** Which events a read of $all asks for, by the name of their stream. */
export interface EventFilter {
  /** Number of the first wanted event at or after `from` and below `end`; `end` where there is none. */
  next(from: number, end: number): number;
  /** Number of the last wanted event at or before `from`; -1 where there is none. */
  previous(from: number): number;
  /** Events looked at between two checkpoints' counts; 0 where nothing is filtered. */
  readonly window: number;
  readonly checkpointInterval: number;
}

const defaultWindow = 32;

export const everything: EventFilter = {
  next: (from) => from,
  previous: (from) => from,
  window: defaultWindow,
  checkpointInterval: 0,
};

/** Whole categories by their own lists; a prefix may reach into categories that come later. */
const byCategories = (index: LogIndex, prefixes: readonly string[]) => {
  const lists = () => {
    const exact = prefixes.filter((prefix) => prefix.endsWith('-')).map((prefix) => prefix.slice(0, -1));
    const open = prefixes.filter((prefix) => !prefix.endsWith('-'));
    const opened =
      open.length === 0
        ? []
        : [...index.categoryNames()].filter((name) => open.some((prefix) => name.startsWith(prefix)));
    return [...new Set([...exact, ...opened])].map((name) => index.category(name));
  };
  return {
    next(from: number, end: number): number {
      let first = end;
      for (const list of lists()) {
        const at = list.firstFrom(from);
        if (at < list.length) first = Math.min(first, list.at(at));
      }
      return first;
    },
    previous(from: number): number {
      let last = -1;
      for (const list of lists()) {
        const at = list.firstFrom(from + 1) - 1;
        if (at >= 0) last = Math.max(last, list.at(at));
      }
      return last;
    },
  };
};

const byName = (index: LogIndex, wants: (stream: string) => boolean) => ({
  next(from: number, end: number): number {
    let event = from;
    while (event < end && !wants(index.streamName(event))) event += 1;
    return event;
  },
  previous(from: number): number {
    let event = from;
    while (event >= 0 && !wants(index.streamName(event))) event -= 1;
    return event;
  },
});

/** A prefix that ends before or with the first dash of a name picks whole categories. */
const picksCategories = (prefix: string): boolean => {
  const dash = prefix.indexOf('-');
  return dash < 0 || dash === prefix.length - 1;
};

const search = (index: LogIndex, expression: Streams.ReadReq.Options.FilterOptions.Expression) => {
  const prefixes = expression.getPrefixList();
  if (prefixes.length > 0) {
    return prefixes.every(picksCategories)
      ? byCategories(index, prefixes)
      : byName(index, (stream) => prefixes.some((prefix) => stream.startsWith(prefix)));
  }
  const regex = new RegExp(expression.getRegex(), 'u');
  return byName(index, (stream) => regex.test(stream));
};

/** @throws RangeError  a filter by event type, which this server does not know, or a bad window */
export const readFilter = (index: LogIndex, options: Streams.ReadReq.Options): EventFilter => {
  const filter = options.getFilter();
  if (filter === undefined) return everything;
  const expression = filter.getStreamIdentifier();
  if (expression === undefined) throw new RangeError('only stream names can be filtered by');
  const window = filter.hasMax() ? filter.getMax() : defaultWindow;
  const multiplier = filter.getCheckpointintervalmultiplier();
  if (options.hasSubscription() && multiplier === 0) {
    throw new RangeError('checkpointIntervalMultiplier must be greater than 0');
  }
  return { ...search(index, expression), window, checkpointInterval: window * multiplier };
};
