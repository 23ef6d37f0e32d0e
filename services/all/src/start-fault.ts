import { ConfigError } from '@city311/platform';
import { MasterKeyError } from '@city311/vault';

import { DeploymentError } from './engines/deployment.js';
import { FolderError } from './engines/folder/check-folder.js';
import { UnfinishedRestoreError } from './engines/unfinished-restore.js';

/** These say by themselves what to do. */
const plain = [ConfigError, DeploymentError, FolderError, MasterKeyError, UnfinishedRestoreError];

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';

/** Why a process did not start, in words for who starts it; where the machine said no, what to look at. */
export const startFault = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (plain.some((kind) => error instanceof kind)) return error.message;
  const code = codeOf(error);
  if (code === 'EADDRINUSE')
    return `${error.message}\n  another process listens there: stop it, or say another PORT (and MANAGEMENT_PORT)`;
  if (/^SQLITE_|^E(ACCES|PERM|ROFS|NOSPC|DQUOT|IO|NOTDIR|EXIST)$/.test(code))
    return `The data folder (DATA_DIR) cannot be used: ${error.message}\n  npm run ops -- doctor says what is wrong: rights, room, or a damaged file`;
  return error.stack ?? error.message;
};
