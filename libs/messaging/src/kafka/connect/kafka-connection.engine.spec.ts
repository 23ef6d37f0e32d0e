import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { findKafka, startSecureKafka, type SecureKafka } from '@city311/testing';

import { BrokerFault } from './broker-fault.js';
import { openKafka } from './kafka-connection.js';
import type { KafkaSettings } from './kafka-settings.js';

const server = await findKafka();
const withKafka = server === null ? describe.skip : describe;
const withJava = server?.kind === 'java' ? describe : describe.skip;
if (server !== null && server.kind !== 'java')
  process.stdout.write('SKIPPED: TLS and SASL are tried with a broker of our own, under Java\n');

const closedPort = async (): Promise<number> => {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  return port;
};

/** What the first failure says; null where there is none. */
const faultOf = async (settings: Omit<KafkaSettings, 'clientId'>): Promise<BrokerFault | null> => {
  const kafka = openKafka({ settings: { clientId: 'spec', ...settings } });
  try {
    await kafka.administer((admin) => admin.describeCluster());
    return null;
  } catch (error) {
    if (error instanceof BrokerFault) return error;
    throw error;
  } finally {
    await kafka.close();
  }
};

withKafka('A connection to Kafka', () => {
  const brokers = server?.brokers ?? [];
  afterAll(() => server?.stop());

  it('is healthy while a broker answers', async () => {
    const kafka = openKafka({ settings: { brokers, clientId: 'spec' } });
    await kafka.untilReachable();
    expect(await kafka.health()).toEqual({ ok: true });
    await kafka.close();
  });

  it('finds the one broker that runs among those that are named', async () => {
    const dead = `127.0.0.1:${await closedPort()}`;
    const kafka = openKafka({ settings: { brokers: [dead, ...brokers], clientId: 'spec' } });
    await kafka.untilReachable();
    expect(await kafka.health()).toEqual({ ok: true });
    await kafka.close();
  });

  it('says so when nothing listens at the address', async () => {
    const address = `127.0.0.1:${await closedPort()}`;
    const fault = await faultOf({ brokers: [address] });
    expect(fault).toMatchObject({ kind: 'unreachable' });
    expect(fault?.message).toMatch(`Kafka does not answer at ${address}`);
    expect(fault?.message).toMatch('check that it runs');
  });

  it('says so when TLS meets a listener without it', async () => {
    expect(await faultOf({ brokers, tls: {} })).toMatchObject({
      kind: 'tls',
      message: expect.stringContaining('check that the listener speaks TLS'),
    });
  });

  it('says so when a login meets a listener without one', async () => {
    const sasl = { mechanism: 'plain', username: 'a', password: 'not-for-logs' } as const;
    const fault = await faultOf({ brokers, sasl });
    expect(fault).toMatchObject({ kind: 'authentication' });
    expect(fault?.message).not.toContain('not-for-logs');
  });

  it('waits at the start, says why once, and tells readiness the truth', async () => {
    const said: string[] = [];
    const say = (_details: object, message: string): void => void said.push(message);
    const kafka = openKafka({
      settings: { brokers: [`127.0.0.1:${await closedPort()}`], clientId: 'spec' },
      logger: { info: say, warn: say, error: say },
      retryDelayMs: 10,
    });
    await expect(kafka.untilReachable(AbortSignal.timeout(1_500))).rejects.toMatchObject({
      kind: 'unreachable',
    });
    expect(said).toEqual([expect.stringMatching(/^Kafka does not answer .* waiting for it$/)]);
    expect(await kafka.health()).toMatchObject({ ok: false });
    await kafka.close();
  });
});

withJava('A secured connection to Kafka', () => {
  let secure: SecureKafka;
  beforeAll(async () => {
    secure = await startSecureKafka();
  }, 60_000);
  afterAll(() => secure.stop());

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('logs in by %s', async (mechanism) => {
    const { login, caFile, username, password } = secure;
    expect(
      await faultOf({ brokers: [login], tls: { caFile }, sasl: { mechanism, username, password } }),
    ).toBeNull();
  });

  it('shows its own certificate where it is asked for', async () => {
    const { mutual, caFile, certFile, keyFile } = secure;
    expect(await faultOf({ brokers: [mutual], tls: { caFile, certFile, keyFile } })).toBeNull();
  });

  it('is a matter of TLS without the certificate that is asked for', async () => {
    const { mutual, caFile } = secure;
    expect(await faultOf({ brokers: [mutual], tls: { caFile } })).toMatchObject({ kind: 'tls' });
  });

  it('is a matter of TLS when the authority is another', async () => {
    const { login, strangeCaFile, username, password } = secure;
    const sasl = { mechanism: 'plain', username, password } as const;
    expect(await faultOf({ brokers: [login], tls: { caFile: strangeCaFile }, sasl })).toMatchObject({
      kind: 'tls',
      message: expect.stringContaining('the CA file'),
    });
  });

  it.each(['plain', 'scram-sha-512'] as const)(
    'is a matter of the login when %s is wrong',
    async (mechanism) => {
      const { login, caFile, username } = secure;
      const sasl = { mechanism, username, password: 'wrong-secret' };
      const fault = await faultOf({ brokers: [login], tls: { caFile }, sasl });
      expect(fault).toMatchObject({
        kind: 'authentication',
        message: expect.stringContaining(`refuses to log in relay by ${mechanism}`),
      });
      expect(fault?.message).not.toContain('wrong-secret');
    },
  );

  it('ends the wait at the start, because no waiting helps', async () => {
    const { login, caFile, username } = secure;
    const sasl = { mechanism: 'plain', username, password: 'wrong-secret' } as const;
    const kafka = openKafka({ settings: { brokers: [login], clientId: 'spec', tls: { caFile }, sasl } });
    await expect(kafka.untilReachable()).rejects.toMatchObject({ kind: 'authentication' });
    await kafka.close();
  });

  it('asks whether the listener wants TLS when it is spoken to without', async () => {
    expect(await faultOf({ brokers: [secure.login] })).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('wants TLS'),
    });
  });
});
