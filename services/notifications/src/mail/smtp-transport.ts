import { createTransport } from 'nodemailer';

import type { Delivery, Mail, MailTransport } from './mail.js';

const maxConnections = 5;
const timeoutMs = 30_000;

interface SmtpError {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

/** What an SMTP failure means. The server's words are left out: they may repeat the address. */
export const deliveryOf = (error: unknown): Delivery => {
  const {
    code = 'unknown',
    command,
    responseCode,
  } = (typeof error === 'object' && error !== null ? error : {}) as SmtpError;
  const reason = [code, command, responseCode].filter((part) => part !== undefined).join(' ');
  const bodySent = command === 'DATA';
  if (bodySent && responseCode === undefined && code !== 'EMESSAGE') return { outcome: 'uncertain', reason };
  const refused = responseCode !== undefined && responseCode >= 500;
  const ofThisMail = bodySent || command === 'RCPT TO' || code === 'EENVELOPE' || code === 'EMESSAGE';
  return { outcome: 'failed', reason, permanent: refused && ofThisMail };
};

/** Mail by SMTP, over a few connections that are kept open. */
export const createSmtpTransport = (url: string): MailTransport => {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  const sendOne = async (mail: Mail): Promise<Delivery> => {
    const { messageId, from, to, subject, text, html, date, language, unsubscribeUrl } = mail;
    try {
      await transport.sendMail({
        messageId,
        from,
        to,
        subject,
        text,
        html,
        date,
        headers: {
          'Content-Language': language,
          'Auto-Submitted': 'auto-generated',
          'List-Unsubscribe': `<${unsubscribeUrl}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        },
      });
      return { outcome: 'sent' };
    } catch (error) {
      return deliveryOf(error);
    }
  };
  return {
    send: (mails) => Promise.all(mails.map(sendOne)),
    close: async () => transport.close(),
  };
};
