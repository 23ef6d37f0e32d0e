/** The stream moved on since the writer read it: reload, decide again. */
export class VersionConflictError extends Error {
  override readonly name = 'VersionConflictError';
  constructor(
    readonly stream: string,
    readonly expected: number | 'no-stream' | 'any',
    readonly actual: number | 'no-stream',
  ) {
    super(`${stream} is at ${actual}, expected ${expected}`);
  }
}

/** One event is larger than the store takes; nothing of the append was written. */
export class EventTooLargeError extends Error {
  override readonly name = 'EventTooLargeError';
  constructor(
    readonly stream: string,
    readonly sizeBytes: number,
    readonly limitBytes: number,
  ) {
    super(`an event for ${stream} has ${sizeBytes} bytes, over the limit of ${limitBytes}`);
  }
}

/** Stored type that no codec knows; a defect or a newer writer, never skipped in silence. */
export class UnknownEventTypeError extends Error {
  override readonly name = 'UnknownEventTypeError';
  constructor(readonly eventType: string) {
    super(`unknown event type ${eventType}`);
  }
}
