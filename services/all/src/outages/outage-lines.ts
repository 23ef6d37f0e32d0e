import { TransientError } from '@city311/kernel';

const quietMs = 60_000;
/** Errors within each other; more than that nobody builds. */
const depth = 6;
/** Texts of log lines are few; what is in a text by mistake must not fill the memory. */
const mostTexts = 200;

const isPassing = (error: unknown, left = depth): boolean =>
  error instanceof TransientError ||
  (error instanceof Error && left > 0 && isPassing(error.cause, left - 1)) ||
  (error instanceof AggregateError && left > 0 && error.errors.some((one) => isPassing(one, left - 1)));

const memberOf = (value: object, name: string): unknown =>
  name in value ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** Whether a line tells of something that is away for now: everybody who needs it would say so again and again. */
const tellsOfOutage = (first: unknown): boolean => {
  if (typeof first !== 'object' || first === null) return false;
  return isPassing(first) || isPassing(memberOf(first, 'err')) || memberOf(first, 'troubles') !== undefined;
};

/** Lets a line about an outage through once a minute for each text, however many requests and messages meet it. */
export class OutageLines {
  readonly #toldAt = new Map<string, number>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Whether the line may be left out. */
  isRepeated(first: unknown, text: unknown): boolean {
    if (!tellsOfOutage(first)) return false;
    const line = typeof text === 'string' ? text : '';
    const now = this.nowMs();
    const toldAt = this.#toldAt.get(line);
    if (toldAt !== undefined && now - toldAt < quietMs) return true;
    if (this.#toldAt.size >= mostTexts) this.#toldAt.clear();
    this.#toldAt.set(line, now);
    return false;
  }
}
