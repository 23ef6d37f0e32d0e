import { plainAddress } from './addresses.js';

export interface Forwarding {
  /** `X-Forwarded-For`, several headers joined by commas. */
  readonly xForwardedFor: string | undefined;
  /** `Forwarded` (RFC 7239), several headers joined by commas. */
  readonly forwarded: string | undefined;
}

/** More hops than any request really takes: what is written before them is not looked at. */
const mostHops = 32;

/** `192.0.2.7`, `192.0.2.7:4711`, `[2001:db8::7]:4711`, `2001:db8::7`; null where it says no address. */
const addressIn = (node: string): string | null => {
  const text = node.trim().replace(/^"(.*)"$/, '$1');
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1];
  const withPort = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(text)?.[1];
  return plainAddress(bracketed ?? withPort ?? text);
};

const hopsOfXForwardedFor = (value: string): readonly (string | null)[] =>
  value.split(',').slice(-mostHops).map(addressIn);

const hopsOfForwarded = (value: string): readonly (string | null)[] =>
  value
    .split(',')
    .slice(-mostHops)
    .map((element) => addressIn(/(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]+)/i.exec(element)?.[1] ?? ''));

/**
 * From the right, as long as who wrote a hop is trusted: the first address that is not. Where a hop says no address,
 * whoever wrote it stands for its client.
 */
const walk = (
  peer: string,
  hops: readonly (string | null)[],
  isTrusted: (address: string) => boolean,
): string => {
  let client = peer;
  for (const hop of hops.toReversed()) {
    if (!isTrusted(client) || hop === null) return client;
    client = hop;
  }
  return client;
};

/**
 * Address of the client behind a connection. Only what trusted proxies say counts; a proxy appends to one of the two
 * headers and may pass the other on as the client wrote it, so that where both stand and differ neither is believed.
 */
export const clientAddress = (
  connection: string | undefined,
  { xForwardedFor, forwarded }: Forwarding,
  isTrusted: (address: string) => boolean,
): string => {
  const peer = plainAddress(connection ?? '') ?? 'unknown';
  if ((xForwardedFor === undefined && forwarded === undefined) || !isTrusted(peer)) return peer;
  const told = [
    ...(xForwardedFor === undefined ? [] : [walk(peer, hopsOfXForwardedFor(xForwardedFor), isTrusted)]),
    ...(forwarded === undefined ? [] : [walk(peer, hopsOfForwarded(forwarded), isTrusted)]),
  ];
  return new Set(told).size === 1 ? (told[0] ?? peer) : peer;
};
