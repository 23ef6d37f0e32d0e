import { mkdirSync } from 'node:fs';

import { openSqliteApiKeys, type Role } from '@city311/vault';

import { options, printLine, required, UsageError, type OpsCommand } from './usage.js';

/** Makes, lists and revokes API keys. */
export const keys: OpsCommand = async ([action, ...args], config) => {
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o700 });
  const apiKeys = await openSqliteApiKeys({ folder: config.DATA_DIR });
  try {
    switch (action) {
      case 'create': {
        const given = options(args, ['name', 'role']);
        const name = required(given, 'name');
        const role = required(given, 'role') as Role;
        const key = await apiKeys.create(name, role, new Date().toISOString());
        printLine(`Key ${name} (${role}), shown only now:`);
        printLine(key);
        return;
      }
      case 'list':
        options(args, []);
        for (const { name, role, createdAt } of await apiKeys.list())
          printLine(`${name}\t${role}\t${createdAt}`);
        return;
      case 'revoke': {
        const name = required(options(args, ['name']), 'name');
        if (!(await apiKeys.revoke(name))) throw new RangeError(`there is no key ${name}`);
        printLine(`Revoked ${name}`);
        return;
      }
      default:
        throw new UsageError('key create, key list or key revoke');
    }
  } finally {
    await apiKeys.close();
  }
};
