import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

import type { SASLOptions } from 'kafkajs';

/** How to reach the brokers. */
export interface KafkaSettings {
  /** `host:port`, at least one; the others are learnt from it. */
  readonly brokers: readonly string[];
  /** Name under which brokers log and limit this process. */
  readonly clientId: string;
  /** PEM files. Without `caFile` the system's authorities are trusted; certificate and key are for brokers that ask for them. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  readonly sasl?: {
    readonly mechanism: SaslMechanism;
    readonly username: string;
    readonly password: string;
  };
}

export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
export type SaslMechanism = (typeof saslMechanisms)[number];

/** Settings that cannot work, every fault together. Never holds a password. */
export class KafkaSettingsError extends Error {
  override readonly name = 'KafkaSettingsError';
  constructor(readonly faults: readonly string[]) {
    super(`Kafka settings: ${faults.join('; ')}`);
  }
}

const isAddress = (broker: string): boolean => {
  const colon = broker.lastIndexOf(':');
  const port = Number(broker.slice(colon + 1));
  return colon > 0 && !broker.includes('/') && Number.isInteger(port) && port > 0 && port < 65_536;
};

type TlsFile = 'caFile' | 'certFile' | 'keyFile';

const readPem = (file: string, name: TlsFile, faults: string[]): string => {
  try {
    const text = readFileSync(file, 'utf8');
    if (!text.includes('-----BEGIN')) faults.push(`${name} ${file} is not PEM`);
    return text;
  } catch (error) {
    const code =
      typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
    faults.push(`${name} ${file} cannot be read (${code})`);
    return '';
  }
};

const tlsOptions = (tls: NonNullable<KafkaSettings['tls']>, faults: string[]): ConnectionOptions => {
  const { caFile, certFile, keyFile } = tls;
  if ((certFile === undefined) !== (keyFile === undefined))
    faults.push('certFile and keyFile must be given together');
  return {
    ...(caFile === undefined ? {} : { ca: [readPem(caFile, 'caFile', faults)] }),
    ...(certFile === undefined ? {} : { cert: readPem(certFile, 'certFile', faults) }),
    ...(keyFile === undefined ? {} : { key: readPem(keyFile, 'keyFile', faults) }),
  };
};

/** Options of TLS, null where it is off. @throws KafkaSettingsError  naming every fault of the settings */
export const checkKafkaSettings = (settings: KafkaSettings): ConnectionOptions | null => {
  const faults: string[] = [];
  if (settings.brokers.length === 0) faults.push('no broker is named');
  for (const broker of settings.brokers)
    if (!isAddress(broker)) faults.push(`broker ${JSON.stringify(broker)} is not host:port`);
  if (settings.clientId === '') faults.push('clientId is empty');
  const tls = settings.tls === undefined ? null : tlsOptions(settings.tls, faults);
  if (settings.sasl !== undefined) {
    const { mechanism, username, password } = settings.sasl;
    if (!saslMechanisms.includes(mechanism)) faults.push(`SASL mechanism ${mechanism} is not known`);
    if (username === '' || password === '') faults.push('SASL needs a user name and a password');
  }
  if (faults.length > 0) throw new KafkaSettingsError(faults);
  return tls;
};

/** The login as the client's types want it: one shape for each mechanism. */
export const saslOptions = ({
  mechanism,
  username,
  password,
}: NonNullable<KafkaSettings['sasl']>): SASLOptions => {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
};
