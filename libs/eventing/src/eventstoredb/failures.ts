import { status, type Metadata } from '@grpc/grpc-js';

/** What a failed call means for who made it. */
export type Failure =
  | { readonly kind: 'away'; readonly message: string }
  | { readonly kind: 'not-leader'; readonly host: string; readonly port: number }
  | { readonly kind: 'denied'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

const text = (metadata: unknown, name: string): string => {
  const value =
    typeof metadata === 'object' && metadata !== null && 'get' in metadata
      ? (metadata as Metadata).get(name)[0]
      : undefined;
  return value === undefined ? '' : value.toString();
};

const final = new Set<number>([
  status.INVALID_ARGUMENT,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
]);

export const failureOf = (error: unknown): Failure => {
  // TLS's own messages go over several lines
  const message = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
  if (!(error instanceof Error) || !('code' in error)) return { kind: 'away', message };
  const metadata = 'metadata' in error ? error.metadata : undefined;
  if (text(metadata, 'exception') === 'not-leader') {
    const port = Number(text(metadata, 'leader-endpoint-port'));
    return { kind: 'not-leader', host: text(metadata, 'leader-endpoint-host'), port };
  }
  if (error.code === status.UNAUTHENTICATED || error.code === status.PERMISSION_DENIED) {
    return { kind: 'denied', message };
  }
  if (typeof error.code === 'number' && final.has(error.code)) return { kind: 'refused', message };
  return { kind: 'away', message };
};
