import type { RoleKind } from '@city311/platform';
import type { KeyRate } from '@city311/vault';

/** Requests a minute: of an address without a key, of its tries with keys that are refused, of a key by its role. */
export type RateLimits = Readonly<Record<'address' | 'guesses' | RoleKind, KeyRate>>;

/** Keys are given to software that the city knows; what stands here only stops one that runs wild. */
export const usualLimits: RateLimits = {
  address: 3_000,
  guesses: 120,
  channel: 120_000,
  department: 120_000,
  operator: 'unlimited',
  importer: 'unlimited',
};

const isName = (name: string): name is keyof RateLimits => Object.hasOwn(usualLimits, name);

/** `address=600,channel=unlimited`; what is not named stays as usual. @throws RangeError  names every fault */
export const parseRateLimits = (text: string): RateLimits => {
  const faults: string[] = [];
  const said: Partial<Record<keyof RateLimits, KeyRate>> = {};
  for (const part of text === '' ? [] : text.split(',').map((each) => each.trim())) {
    const [name = '', rate = ''] = part.split('=', 2);
    if (!isName(name))
      faults.push(`${part}: one of ${Object.keys(usualLimits).join(', ')}, then = and a number`);
    else if (Object.hasOwn(said, name)) faults.push(`${name} is said twice`);
    else if (rate === 'unlimited') said[name] = rate;
    else if (/^[1-9]\d{0,8}$/.test(rate)) said[name] = Number(rate);
    else faults.push(`${part}: requests a minute, or unlimited`);
  }
  if (faults.length > 0) throw new RangeError(faults.join('; '));
  return { ...usualLimits, ...said };
};
