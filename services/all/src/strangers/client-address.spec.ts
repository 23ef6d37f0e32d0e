import { describe, expect, it } from '@jest/globals';

import { inNetworks, networksIn, plainAddress, subscriberOf } from './addresses.js';
import { clientAddress } from './client-address.js';

describe('Whom an address is counted as', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:db8:1:2:3:4:192.0.2.7', '2001:db8:1:2::/64'],
    ['localhost', 'unknown'],
    ['', 'unknown'],
  ])('%s is %s', (address, subscriber) => {
    expect(subscriberOf(address)).toBe(subscriber);
  });

  it('is the same for all of a /64, and another for the next', () => {
    const of = (n: number, net = 2) => subscriberOf(`2001:db8:1:${net}:${n.toString(16)}::${n.toString(16)}`);
    expect(new Set(Array.from({ length: 500 }, (_, n) => of(n + 1))).size).toBe(1);
    expect(of(1)).not.toBe(of(1, 3));
  });
});

describe('Networks', () => {
  it('hold their addresses, in both families', () => {
    const isIn = inNetworks(networksIn('10.0.0.0/8, 192.0.2.7,2001:db8::/32'));
    expect(['10.1.2.3', '192.0.2.7', '2001:db8:9::1'].filter(isIn)).toHaveLength(3);
    expect(['11.0.0.1', '192.0.2.8', '2001:db9::1', '::ffff:10.0.0.1x', 'x', ''].filter(isIn)).toEqual([]);
    expect(inNetworks([])('127.0.0.1')).toBe(false);
  });
  it('are refused, all that are none', () => {
    expect(() => networksIn('10.0.0.0/8,10.0.0.0/33,gateway,')).toThrow(/"10\.0\.0\.0\/33", "gateway", ""/);
  });
});

describe('The client behind a connection', () => {
  const isTrusted = inNetworks(['10.0.0.0/8', 'fd00::/8']);
  const of = (peer: string | undefined, xForwardedFor?: string, forwarded?: string) =>
    clientAddress(peer, { xForwardedFor, forwarded }, isTrusted);

  it.each([
    ['a stranger says what it likes', '192.0.2.7', '1.2.3.4', 'for=1.2.3.4', '192.0.2.7'],
    ['one proxy', '10.0.0.1', '192.0.2.7', undefined, '192.0.2.7'],
    ['one proxy, by an address in IPv6 form', '::ffff:10.0.0.1', '192.0.2.7', undefined, '192.0.2.7'],
    ['what the client wrote before it', '10.0.0.1', '1.2.3.4, 192.0.2.7', undefined, '192.0.2.7'],
    ['two proxies', '10.0.0.1', '1.2.3.4, 192.0.2.7, 10.0.0.2', undefined, '192.0.2.7'],
    ['proxies all the way', '10.0.0.1', '10.0.0.3, 10.0.0.2', undefined, '10.0.0.3'],
    ['a trusted address that a stranger wrote', '10.0.0.1', '10.9.9.9, 192.0.2.7', undefined, '192.0.2.7'],
    ['a port', '10.0.0.1', '192.0.2.7:4711', undefined, '192.0.2.7'],
    ['IPv6 with a port', '10.0.0.1', '[2001:db8::7]:4711', undefined, '2001:db8::7'],
    ['no address at all', '10.0.0.1', 'unknown', undefined, '10.0.0.1'],
    ['an empty header', '10.0.0.1', '', undefined, '10.0.0.1'],
    ['a hop without an address', '10.0.0.1', '192.0.2.7, _hidden', undefined, '10.0.0.1'],
    ['Forwarded', '10.0.0.1', undefined, 'for=192.0.2.7;proto=https', '192.0.2.7'],
    ['Forwarded with quotes', '10.0.0.1', undefined, 'proto=https; For="[2001:db8::7]:80"', '2001:db8::7'],
    [
      'Forwarded over two proxies',
      'fd00::1',
      undefined,
      'for=1.2.3.4, for=192.0.2.7, for=10.0.0.2',
      '192.0.2.7',
    ],
    ['Forwarded without a client', '10.0.0.1', undefined, 'by=10.0.0.1', '10.0.0.1'],
    ['both alike', '10.0.0.1', '192.0.2.7', 'for=192.0.2.7', '192.0.2.7'],
    ['both, and not alike', '10.0.0.1', '192.0.2.7', 'for=1.2.3.4', '10.0.0.1'],
  ])('%s', (_, peer, xForwardedFor, forwarded, client) => {
    expect(of(peer, xForwardedFor, forwarded)).toBe(client);
  });

  it('is somebody unknown where the connection has no address, and a header of any length is no work', () => {
    expect(of(undefined, '192.0.2.7')).toBe('unknown');
    const long = `${'10.0.0.9,'.repeat(100_000)}10.0.0.8`;
    const before = performance.now();
    expect(plainAddress(of('10.0.0.1', long))).toBe('10.0.0.9');
    expect(performance.now() - before).toBeLessThan(100);
  });

  it('is never what only the client itself can have written', () => {
    const claims = ['1.2.3.4', '10.1.1.1', '::1', 'unknown', '"', ',,,', 'for=1.2.3.4', '[', '127.0.0.1'];
    for (const one of claims)
      for (const two of claims) {
        expect(of('10.0.0.1', `${one}, ${two}, 192.0.2.7`)).toBe('192.0.2.7');
        expect(of('192.0.2.7', `${one}, ${two}`, two)).toBe('192.0.2.7');
      }
  });
});
