import type { Instant } from '@city311/kernel';
import { hasExpired, type ListedApiKey, type Role } from '@city311/vault';

import { text, type OpsCommand } from './command.js';
import { instantOf, rateOf } from './key-options.js';
import { withEngines } from './open.js';

const lineOf = (key: ListedApiKey, now: Instant): readonly string[] => {
  const { name, role, system, createdAt, expiresAt, lastUsedAt, retiringUntil, rate } = key;
  const end = expiresAt === undefined ? '' : `${hasExpired(key, now) ? 'expired' : 'until'} ${expiresAt}`;
  return [
    name,
    role,
    createdAt,
    system ?? '',
    lastUsedAt === undefined ? 'never used' : `used ${lastUsedAt}`,
    end,
    rate === undefined ? '' : rate === 'unlimited' ? rate : `${rate} a minute`,
    retiringUntil === undefined || retiringUntil <= now ? '' : `the one before until ${retiringUntil}`,
  ];
};

export const keyCommands: readonly OpsCommand[] = [
  {
    name: 'key create',
    says: 'Makes an API key; it stands alone on the last line and is shown only now.',
    more: [
      'Roles: channel, importer, operator, department:<id>.',
      "A channel's key may speak for one other system: its reports may bear that system's ids.",
      '--expires 90d, 2027-06-30 (to the end of that day, UTC) or an instant; without it the key holds until it is revoked.',
      '--rate is how many requests a minute it may make, or unlimited; without it RATE_LIMITS says so for its role.',
    ],
    texts: { name: 'NAME!', role: 'ROLE!', system: 'NAME', expires: 'WHEN', rate: 'N' },
    flags: { json: 'name, role and key as JSON' },
    run: (given, { settings, out }) =>
      withEngines(settings(), async ({ apiKeys, clock }) => {
        const [name, role] = [text(given, 'name'), text(given, 'role')];
        const { system, expires, rate } = given.texts;
        const purpose = {
          ...(system === undefined ? {} : { system }),
          ...(expires === undefined ? {} : { expiresAt: instantOf('expires', expires, clock.now()) }),
          ...(rate === undefined ? {} : { rate: rateOf(rate) }),
        };
        // Whether it is one is for the port to say.
        const key = await apiKeys.create(name, role as Role, clock.now().toISOString(), purpose);
        if (given.flags.has('json')) {
          out.json({ name, role, ...purpose, key });
          return 0;
        }
        out.line(`Key ${name} (${role}), shown only now:`);
        out.line(key);
        return 0;
      }),
  },
  {
    name: 'key list',
    says: 'Names, roles, ages, ends and last uses (known to the hour) of all API keys; never the keys.',
    flags: { json: 'as JSON' },
    run: (given, { settings, out }) =>
      withEngines(settings(), async ({ apiKeys, clock }) => {
        const keys = await apiKeys.list();
        if (given.flags.has('json')) out.json(keys);
        else out.table(keys.map((key) => lineOf(key, clock.now().toISOString())));
        return 0;
      }),
  },
  {
    name: 'key rotate',
    says: 'Makes a new key under a name; the one before is taken too for a while, so that nobody is shut out meanwhile.',
    more: [
      '--overlap is how long, 7d where it is not said (0d ends it at once); a key that was replaced before that is refused at once.',
      '--expires must be said where the key had an end.',
    ],
    texts: { name: 'NAME!', overlap: 'DAYS', expires: 'WHEN' },
    flags: { json: 'name, key and the end of the one before as JSON' },
    run: (given, { settings, out }) =>
      withEngines(settings(), async ({ apiKeys, clock }) => {
        const name = text(given, 'name');
        const { overlap = '7d', expires } = given.texts;
        const now = clock.now();
        const before = (await apiKeys.list()).find((key) => key.name === name);
        if (before === undefined) throw new RangeError(`there is no key ${name}`);
        if (before.expiresAt !== undefined && expires === undefined)
          throw new RangeError(`the key ${name} had an end: say --expires for the new one`);
        const until = overlap === '0d' ? now.toISOString() : instantOf('overlap', overlap, now);
        const expiresAt = expires === undefined ? undefined : instantOf('expires', expires, now);
        const key = await apiKeys.rotate(name, now.toISOString(), until, expiresAt);
        if (key === null) throw new RangeError(`there is no key ${name}`);
        if (given.flags.has('json')) {
          out.json({ name, key, overlapUntil: until });
          return 0;
        }
        out.line(`Key ${name}, shown only now; the one before is taken until ${until}:`);
        out.line(key);
        return 0;
      }),
  },
  {
    name: 'key revoke',
    says: 'Revokes an API key; running processes refuse it within a second.',
    texts: { name: 'NAME!' },
    run: (given, { settings, out }) =>
      withEngines(settings(), async ({ apiKeys }) => {
        const name = text(given, 'name');
        if (!(await apiKeys.revoke(name))) throw new RangeError(`there is no key ${name}`);
        out.line(`Revoked ${name}`);
        return 0;
      }),
  },
];
