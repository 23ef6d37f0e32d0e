import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { startJavaBroker } from './java-broker.js';

/** A broker whose clients must speak TLS and log in. */
export interface SecureKafka {
  /** Listener with TLS and SASL: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512. */
  readonly login: string;
  /** Listener with TLS that asks for the client's certificate. */
  readonly mutual: string;
  readonly username: string;
  readonly password: string;
  /** PEM: the broker's authority, and a certificate that it trusts. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** PEM of an authority that has nothing to do with it. */
  readonly strangeCaFile: string;
  readonly stop: () => Promise<void>;
}

const run = promisify(execFile);

/** A certificate that is its own authority, for 127.0.0.1. */
const makeCertificate = async (folder: string, name: string): Promise<{ cert: string; key: string }> => {
  const cert = join(folder, `${name}.cert.pem`);
  const key = join(folder, `${name}.key.pem`);
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
  ]);
  return { cert, key };
};

const jaas = 'org.apache.kafka.common.security';

/** Under Java only, with certificates of openssl. @throws Error  one of the two is missing */
export const startSecureKafka = async (): Promise<SecureKafka> => {
  const folder = await mkdtemp(join(tmpdir(), 'secure-kafka-'));
  const own = await makeCertificate(folder, 'broker');
  const stranger = await makeCertificate(folder, 'stranger');
  const keystore = join(folder, 'keystore.pem');
  await writeFile(keystore, `${await readFile(own.key, 'utf8')}${await readFile(own.cert, 'utf8')}`);
  const [username, password] = ['relay', 'relay-secret'];
  const broker = await startJavaBroker({
    settings: {
      listeners: 'CONTROLLER://127.0.0.1:{controller},LOGIN://127.0.0.1:{client},MUTUAL://127.0.0.1:{other}',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,LOGIN:SASL_SSL,MUTUAL:SSL',
      'inter.broker.listener.name': 'MUTUAL',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keystore,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': own.cert,
      'listener.name.mutual.ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.login.plain.sasl.jaas.config': `${jaas}.plain.PlainLoginModule required user_${username}="${password}";`,
      'listener.name.login.scram-sha-256.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
      'listener.name.login.scram-sha-512.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
    },
    format: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${username},password=${password}]`,
    ]),
  });
  return {
    login: `127.0.0.1:${broker.ports.client}`,
    mutual: `127.0.0.1:${broker.ports.other}`,
    username,
    password,
    caFile: own.cert,
    certFile: own.cert,
    keyFile: own.key,
    strangeCaFile: stranger.cert,
    stop: async () => {
      await broker.stop();
      await rm(folder, { recursive: true });
    },
  };
};
