import { Readable } from 'node:stream';

import { createTransport } from 'nodemailer';

import { compose } from './compose.js';
import type { Delivery, Mail, MailTransport } from './mail.js';

const maxConnections = 5;
const timeoutMs = 30_000;

interface SmtpError {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

/**
 * What an SMTP failure means. The server's words are left out: they may repeat the address.
 * @param handedOver  the whole message had gone to the server, so that only its answer can be missing
 */
export const deliveryOf = (error: unknown, handedOver: boolean): Delivery => {
  const { code, command, responseCode } = (
    typeof error === 'object' && error !== null ? error : {}
  ) as SmtpError;
  const reason = [code, command, responseCode].filter((part) => part !== undefined).join(' ') || 'unknown';
  if (handedOver && responseCode === undefined) return { outcome: 'uncertain', reason };
  const refused = responseCode !== undefined && responseCode >= 500;
  const ofThisMail = handedOver || command === 'DATA' || command === 'RCPT TO' || code === 'EENVELOPE';
  return { outcome: 'failed', reason, permanent: refused && ofThisMail };
};

/** The message as a stream that tells whether it was read to its end. */
const streamOf = (mail: Mail): { readonly stream: Readable; readonly handedOver: () => boolean } => {
  let ended = false;
  const stream = new Readable({
    read() {
      this.push(compose(mail));
      this.push(null);
    },
  });
  stream.once('end', () => {
    ended = true;
  });
  return { stream, handedOver: () => ended };
};

/**
 * Mail by SMTP, over a few connections that are kept open.
 * @param requireTls  a server that offers no TLS gets no mail: each try fails, and is made again later
 */
export const createSmtpTransport = (url: string, requireTls: boolean): MailTransport => {
  const transport = createTransport({
    url,
    requireTLS: requireTls,
    pool: true,
    maxConnections,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  const sendOne = async (mail: Mail): Promise<Delivery> => {
    const { stream, handedOver } = streamOf(mail);
    try {
      await transport.sendMail({ envelope: { from: mail.from, to: mail.to }, raw: stream });
      return { outcome: 'sent' };
    } catch (error) {
      return deliveryOf(error, handedOver());
    }
  };
  return {
    send: (mails) => Promise.all(mails.map(sendOne)),
    close: async () => transport.close(),
  };
};
