import { BlockList, isIP } from 'node:net';

const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const mappedInHex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i;

/** An IPv4 address that is written as an IPv6 one becomes the IPv4 one; a zone (`%eth0`) goes; null where it is none. */
export const plainAddress = (address: string): string | null => {
  const [bare = ''] = address.split('%', 1);
  if (isIP(bare) === 0) return null;
  const inside = mapped.exec(bare)?.[1];
  if (inside !== undefined) return inside;
  const [, high, low] = mappedInHex.exec(bare) ?? [];
  if (high === undefined || low === undefined) return bare;
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [first >> 8, first & 255, second >> 8, second & 255].join('.');
};

/** The eight groups of an IPv6 address. */
const groupsOf = (address: string): readonly string[] => {
  const [head = '', tail] = address.split('::', 2);
  const split = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  if (tail === undefined) return split(head);
  const [before, after] = [split(head), split(tail)];
  // An IPv4 address at the end stands for two groups; it lies outside of the first four anyway.
  const missing = 8 - before.length - after.length;
  return [...before, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...after];
};

/**
 * Whom an address is counted as: an IPv4 address for itself, an IPv6 one for its /64, which one subscriber has to
 * choose from.
 */
export const subscriberOf = (address: string): string => {
  const plain = plainAddress(address);
  if (plain === null) return 'unknown';
  if (isIP(plain) === 4) return plain;
  const network = groupsOf(plain)
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
};

const partsOf = (network: string) => {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
  const version = isIP(address);
  const whole = version === 4 ? 32 : 128;
  return { address, version, whole, bits: Number(bits ?? whole) };
};

/**
 * Networks with commas between: `10.0.0.0/8`, `2001:db8::/32`, or one address.
 * @throws RangeError  names every one that is none
 */
export const networksIn = (text: string): readonly string[] => {
  const networks = text === '' ? [] : text.split(',').map((each) => each.trim());
  const wrong = networks.filter((network) => {
    const { version, bits, whole } = partsOf(network);
    return version === 0 || bits > whole;
  });
  if (wrong.length > 0)
    throw new RangeError(
      `${wrong.map((each) => JSON.stringify(each)).join(', ')}: not a network (10.0.0.0/8, 2001:db8::/32 or one address)`,
    );
  return networks;
};

/** Whether an address lies in one of the networks. */
export const inNetworks = (networks: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList();
  for (const { address, version, bits } of networks.map(partsOf))
    list.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
};
