import { domainToASCII } from 'node:url';

import { carriable } from '@city311/platform';

import type { Mail } from './mail.js';

const maxLine = 900;
const plain = /^[\x20-\x7e]*$/;
const plainText = /^[\x20-\x7e\t\r\n]*$/;

/** RFC 2047: words of at most 45 bytes each, so that no line grows too long. */
export const headerText = (value: string): string => {
  const oneLine = carriable(value).replace(/[\r\n]+/g, ' ');
  if (plain.test(oneLine)) return oneLine;
  const words: string[] = [];
  let word = '';
  for (const character of oneLine) {
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((each) => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ');
};

/**
 * One address, with or without a name before it,: in an address no encoded word may stand
 * (RFC 2047, 5). A domain of another script travels in its ASCII form; behind a mailbox of another script it stays as it is,
 * for servers that take such (RFC 6532).
 */
export const headerAddress = (value: string): string => {
  const [, name, bracketed] = /^(.*?)\s*<([^<>]*)>\s*$/s.exec(value) ?? [];
  const address = carriable(bracketed ?? value).replace(/[\r\n]+/g, ' ');
  const at = address.lastIndexOf('@');
  const [box, domain] = [address.slice(0, at), address.slice(at + 1)];
  const ascii = plain.test(box) ? domainToASCII(domain) : '';
  const mailbox = ascii === '' ? address : `${box}@${ascii}`;
  if (bracketed === undefined) return mailbox;
  return name === undefined || name === '' ? `<${mailbox}>` : `${headerText(name)} <${mailbox}>`;
};

const mailDate = (date: Date): string => date.toUTCString().replace('GMT', '+0000');

/** Plain lines stay readable; anything else is base64, which every mail server takes. */
const body = (text: string): string => {
  const lines = carriable(text).replace(/\r\n|[\r\n]/g, '\r\n');
  if (plainText.test(lines) && lines.split('\r\n').every((line) => line.length < maxLine)) {
    return `Content-Transfer-Encoding: 7bit\r\n\r\n${lines}\r\n`;
  }
  const encoded = Buffer.from(lines).toString('base64').replace(/.{76}/g, '$&\r\n');
  return `Content-Transfer-Encoding: base64\r\n\r\n${encoded}\r\n`;
};

/** The message as it travels, in ASCII but for a mailbox of another script: `multipart/alternative`, plain text first. The boundary comes from the notice, so that a repeat is the same file. */
export const compose = (mail: Mail): string => {
  const boundary = `=_${mail.noticeId}`;
  return (
    `From: ${headerAddress(mail.from)}\r\nTo: ${headerAddress(mail.to)}\r\nSubject: ${headerText(mail.subject)}\r\n` +
    `Message-ID: ${mail.messageId}\r\nDate: ${mailDate(mail.date)}\r\nContent-Language: ${mail.language}\r\n` +
    `Auto-Submitted: auto-generated\r\nList-Unsubscribe: <${mail.unsubscribeUrl}>\r\n` +
    `List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n` +
    `Content-Type: multipart/alternative; boundary="${boundary}"\r\n\r\n` +
    `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n${body(mail.text)}` +
    `--${boundary}\r\nContent-Type: text/html; charset=utf-8\r\n${body(mail.html)}--${boundary}--\r\n`
  );
};
