import { readFileSync } from 'node:fs';

import type { ConnectionOptions } from '@eventstore/db-client/dist/Client/parseConnectionString.js';
import { parseConnectionString } from '@eventstore/db-client/dist/Client/parseConnectionString.js';
import { credentials, type ChannelCredentials } from '@grpc/grpc-js';

/** A connection string taken apart. `described` names the servers and holds no secret. */
export interface ConnectionSettings extends ConnectionOptions {
  readonly described: string;
  readonly channelCredentials: ChannelCredentials;
  /** For the header of each call; null without credentials, or without TLS, where they would go in clear. */
  readonly authorization: string | null;
}

const readPem = (path: string, name: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(`EVENTSTORE_URL: ${name} cannot be read: ${path}`, { cause });
  }
};

const credentialsOf = (options: ConnectionOptions): ChannelCredentials => {
  if (options.tls === false) return credentials.createInsecure();
  const { tlsCAFile, userCertFile, userKeyFile } = options;
  if ((userCertFile === undefined) !== (userKeyFile === undefined)) {
    throw new Error('EVENTSTORE_URL: userCertFile and userKeyFile go together');
  }
  return credentials.createSsl(
    tlsCAFile === undefined ? null : readPem(tlsCAFile, 'tlsCAFile'),
    userKeyFile === undefined ? null : readPem(userKeyFile, 'userKeyFile'),
    userCertFile === undefined ? null : readPem(userCertFile, 'userCertFile'),
  );
};

/**
 * Reads `esdb://user:password@host:port?tls=true` or `esdb+discover://host?…`, with the options of the client.
 * @throws Error  what is wrong, without repeating the string: it may hold a password
 */
export const readConnectionString = (url: string): ConnectionSettings => {
  let options: ConnectionOptions;
  try {
    options = parseConnectionString(url);
  } catch {
    throw new Error(
      'EVENTSTORE_URL is no connection string: esdb://[user:password@]host:port[,host:port][?tls=true|false&…] ' +
        'or esdb+discover://… is expected (credentials percent-encoded)',
    );
  }
  const { defaultCredentials: user, hosts, tls } = options;
  const scheme = options.dnsDiscover ? 'esdb+discover' : 'esdb';
  return {
    ...options,
    described: `${scheme}://${hosts.map(({ address, port }) => `${address}:${port}`).join()} (tls ${tls === false ? 'off' : 'on'})`,
    channelCredentials: credentialsOf(options),
    authorization:
      user === undefined || tls === false
        ? null
        : `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`,
  };
};
