/** The server does not let us in; a retry will not help, other credentials may. */
export class EventStoreAccessError extends Error {
  override readonly name = 'EventStoreAccessError';
}
