import type { Role } from '@city311/vault';

import { text, type OpsCommand } from './command.js';
import { withEngines } from './open.js';

export const keyCommands: readonly OpsCommand[] = [
  {
    name: 'key create',
    says: 'Makes an API key; it stands alone on the last line and is shown only now.',
    more: [
      'Roles: channel, importer, operator, department:<id>.',
      "A channel's key may speak for one other system: its reports may bear that system's ids.",
    ],
    texts: { name: 'NAME!', role: 'ROLE!', system: 'NAME' },
    flags: { json: 'name, role and key as JSON' },
    run: (given, { settings, out }) =>
      withEngines(settings(), async ({ apiKeys, clock }) => {
        const [name, role] = [text(given, 'name'), text(given, 'role')];
        const { system } = given.texts;
        const purpose = system === undefined ? {} : { system };
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
    says: 'Names, roles and ages of all API keys; never the keys.',
    flags: { json: 'as JSON' },
    run: (given, { settings, out }) =>
      withEngines(settings(), async ({ apiKeys }) => {
        const keys = await apiKeys.list();
        if (given.flags.has('json')) out.json(keys);
        else
          out.table(keys.map(({ name, role, system, createdAt }) => [name, role, createdAt, system ?? '']));
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
