import { describe, expect, it } from '@jest/globals';

import { ConfigError } from '@city311/platform';
import { MasterKeyError } from '@city311/vault';

import { DeploymentError } from './engines/deployment.js';
import { FolderError } from './engines/folder/check-folder.js';
import { UnfinishedRestoreError } from './engines/unfinished-restore.js';
import { startFault } from './start-fault.js';

const machineSays = (code: string): Error => Object.assign(new Error(`it says ${code}`), { code });

describe('What a process that does not start says', () => {
  it.each([
    new ConfigError(['PORT: must be a number']),
    new FolderError('/data', [{ what: 'vault.db is missing', todo: 'restore' }]),
    new DeploymentError('log and vault are of two systems'),
    new MasterKeyError('master.key is missing'),
    new UnfinishedRestoreError('a restore broke off'),
  ])('is the sentence of $name, and no stack', (error) => {
    expect(startFault(error)).toBe(error.message);
  });

  it.each(['EACCES', 'EROFS', 'ENOSPC', 'ENOTDIR', 'SQLITE_READONLY', 'SQLITE_FULL', 'SQLITE_CANTOPEN'])(
    'is where to look, for %s',
    (code) => {
      expect(startFault(machineSays(code))).toContain('npm run ops -- doctor');
      expect(startFault(machineSays(code))).not.toContain('    at ');
    },
  );

  it('names the port that somebody has', () => {
    expect(startFault(machineSays('EADDRINUSE'))).toContain('PORT');
  });

  it('keeps the stack of what nobody foresaw', () => {
    expect(startFault(new TypeError('x is undefined'))).toContain('    at ');
  });
});
