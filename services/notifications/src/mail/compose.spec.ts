import { describe, expect, it } from '@jest/globals';
import { simpleParser } from 'mailparser';

import { compose } from './compose.js';
import type { Mail } from './mail.js';

const mail: Mail = {
  noticeId: '260000000014-1-c1',
  messageId: '<260000000014-1-c1@city.example>',
  from: '311 <no-reply@city.example>',
  to: 'ann@example.org',
  subject: 'Case 260000000014: closed',
  text: 'Hello\n\n.\nline\n',
  html: '<p>Hello</p>',
  language: 'en',
  date: new Date('2026-07-01T16:00:00.000Z'),
  unsubscribeUrl: 'https://city.example/unsubscribe/260000000014/c1',
};

describe('A composed mail', () => {
  it('reads back as it was given', async () => {
    const read = await simpleParser(compose(mail));
    expect(read).toMatchObject({ messageId: mail.messageId, subject: mail.subject, date: mail.date });
    expect(read.from?.text).toBe('"311" <no-reply@city.example>');
    expect(read.text?.trimEnd()).toBe('Hello\n\n.\nline');
    expect(String(read.html)).toContain('<p>Hello</p>');
    expect(read.headers.get('list')).toMatchObject({ unsubscribe: { url: mail.unsubscribeUrl } });
  });

  it('carries any language, and lines of any length', async () => {
    const subject = 'Caso 260000000014: reparación del bache número siete — ¡terminada! 坑洞';
    const text = `Señal ${'x'.repeat(3000)} 👍\nfin`;
    const read = await simpleParser(compose({ ...mail, subject, text }));
    expect(read.subject).toBe(subject);
    expect(read.text?.trimEnd()).toBe(text);
    const lines = compose({ ...mail, subject, text }).split('\r\n');
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThan(998);
  });

  it('carries whatever an older program took', async () => {
    const read = await simpleParser(
      compose({
        ...mail,
        subject: 'a\u0000\u202e',
        text: 'one\rtwo\u001b\ufffe\u2067',
        html: '<p>a\u0000\u202eb</p>',
      }),
    );
    expect(read.subject).toBe('a\ufffd');
    expect(read.text?.trimEnd()).toBe('one\ntwo\ufffd\ufffd');
    expect(String(read.html)).toContain('<p>a\ufffdb</p>');
  });

  it.each([
    ['ann@example.org', 'ann@example.org'],
    ['ann@m\u00fcnchen.example', 'ann@xn--mnchen-3ya.example'],
    ['"a b"@example.org', '"a b"@example.org'],
    ['jos\u00e9@m\u00fcnchen.example', 'jos\u00e9@m\u00fcnchen.example'],
  ])('is addressed to where it goes, no word of the address encoded: %s', async (to, written) => {
    const composed = compose({ ...mail, to });
    expect(composed).toContain(`\r\nTo: ${written}\r\n`);
    expect((await simpleParser(composed)).to).toMatchObject({ value: [{ address: to }] });
  });

  it('is from a name in any language', async () => {
    const composed = compose({ ...mail, from: 'Se\u00f1al 311 <no-reply@m\u00fcnchen.example>' });
    expect(composed).toContain(' <no-reply@xn--mnchen-3ya.example>\r\n');
    expect((await simpleParser(composed)).from?.value[0]?.name).toBe('Se\u00f1al 311');
  });

  it('takes no header from a text', async () => {
    const read = await simpleParser(compose({ ...mail, subject: 'x\r\nBcc: spy@example.org' }));
    expect(read.bcc).toBeUndefined();
  });
});
