import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';

import { createEmlTransport } from './eml-transport.js';
import type { Mail } from './mail.js';
import { createSmtpTransport } from './smtp-transport.js';

const mail = (n: number): Mail => ({
  noticeId: `260000000014-${n}-c1`,
  messageId: `<260000000014-${n}-c1@city.example>`,
  from: '311 <no-reply@city.example>',
  to: 'ann@example.org',
  subject: `Case 260000000014: closed`,
  text: 'Done.\n',
  html: '<p>Done.</p>',
  language: 'en',
  date: new Date('2026-07-01T16:00:00.000Z'),
  unsubscribeUrl: 'https://city.example/u',
});
const sent = { outcome: 'sent' };

describe('Mail as files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mail-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is one file for each notice, whole or not there, and a repeat overwrites its own', async () => {
    const transport = createEmlTransport(join(folder, 'mail'));
    expect(await transport.send([mail(1), mail(2)])).toEqual([sent, sent]);
    expect(await transport.send([mail(2)])).toEqual([sent]);
    expect((await readdir(join(folder, 'mail'))).sort()).toEqual([
      '260000000014-1-c1.eml',
      '260000000014-2-c1.eml',
    ]);
    expect(await readFile(join(folder, 'mail/260000000014-1-c1.eml'), 'utf8')).toContain(
      'Message-ID: <260000000014-1',
    );
    await transport.close();
    expect(await transport.send([mail(3)])).toMatchObject([{ outcome: 'failed', permanent: false }]);
  });

  it('is a file for each of thousands in large batches', async () => {
    const transport = createEmlTransport(join(folder, 'mail'));
    for (let n = 0; n < 3_000; n += 200) {
      const results = await transport.send(Array.from({ length: 200 }, (_, i) => mail(n + i)));
      expect(results).toEqual(Array.from({ length: 200 }, () => sent));
    }
    await transport.close();
    const expected = Array.from({ length: 3_000 }, (_, n) => `260000000014-${n}-c1.eml`);
    expect((await readdir(join(folder, 'mail'))).sort()).toEqual(expected.sort());
  });
});

describe('Mail by SMTP', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  const listen = async (server: Server): Promise<string> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const transportTo = (url: string, requireTls = false) => {
    const transport = createSmtpTransport(url, requireTls);
    closing.unshift(() => transport.close());
    return transport;
  };

  it('arrives, with the notice’s Message-ID', async () => {
    const arrived: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _, done) => {
        let text = '';
        stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
        stream.on('end', () => {
          arrived.push(text);
          done();
        });
      },
    });
    closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const transport = transportTo(await listen(server.server));
    expect(await transport.send([mail(1), mail(2)])).toEqual([sent, sent]);
    expect(arrived.join('')).toContain('Message-ID: <260000000014-1-c1@city.example>');
    expect(arrived.join('')).toMatch(/List-Unsubscribe-Post: List-Unsubscribe=One-Click/i);
  });

  it.each(['no STARTTLS', 'a STARTTLS that goes wrong'])(
    'does not leave in clear where TLS is demanded: %s',
    async (how) => {
      let said = '';
      const server = createServer((socket) => {
        socket.write('220 here\r\n');
        socket.on('error', () => undefined);
        socket.on('data', (chunk) => {
          const text = chunk.toString();
          said += text;
          const offers = how === 'no STARTTLS' ? '250 here\r\n' : '250-here\r\n250 STARTTLS\r\n';
          socket.write(
            /^EHLO/i.test(text) ? offers : /^STARTTLS/i.test(text) ? '454 not now\r\n' : '250 ok\r\n',
          );
        });
      });
      closing.push(() => new Promise((resolve) => server.close(resolve)));
      const [delivery] = await transportTo(await listen(server), true).send([mail(1)]);
      expect(delivery).toMatchObject({ outcome: 'failed', permanent: false });
      expect(said).not.toMatch(/MAIL FROM|RCPT TO|DATA/i);
    },
  );

  it('is refused for good where the server knows no such box, without naming it', async () => {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: (_, __, done) =>
        done(Object.assign(new Error('no box ann@example.org'), { responseCode: 550 })),
    });
    closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const [delivery] = await transportTo(await listen(server.server)).send([mail(1)]);
    expect(delivery).toMatchObject({ outcome: 'failed', permanent: true });
    expect(JSON.stringify(delivery)).not.toContain('ann@');
  });

  it('fails for now where the server is dead or busy', async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await transportTo(url).send([mail(1)])).toMatchObject([{ outcome: 'failed', permanent: false }]);
    const busy = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onMailFrom: (_, __, done) => done(Object.assign(new Error('busy'), { responseCode: 451 })),
    });
    closing.push(() => new Promise<void>((resolve) => busy.close(() => resolve())));
    const [delivery] = await transportTo(await listen(busy.server)).send([mail(1)]);
    expect(delivery).toMatchObject({ outcome: 'failed', permanent: false });
  });

  it('is uncertain where the answer to the message was lost', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      let inData = false;
      socket.write('220 here\r\n');
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        const text = chunk.toString();
        if (inData) {
          if (text.includes('\r\n.\r\n')) socket.destroy();
        } else if (text.startsWith('DATA')) {
          inData = true;
          socket.write('354 go on\r\n');
        } else socket.write('250 ok\r\n');
      });
    });
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const [delivery] = await transportTo(await listen(server)).send([mail(1)]);
    expect(delivery).toMatchObject({ outcome: 'uncertain' });
  });
});
