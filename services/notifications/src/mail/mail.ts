/** A message ready to go. Addresses and header texts hold no line breaks. */
export interface Mail {
  readonly noticeId: string;
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly language: string;
  readonly date: Date;
  /** Address that takes the reader off the list, by one POST (RFC 8058). */
  readonly unsubscribeUrl: string;
}

/** `failed`: surely not delivered. `uncertain`: perhaps. `permanent`: trying again is of no use. */
export type Delivery =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'failed'; readonly reason: string; readonly permanent: boolean }
  | { readonly outcome: 'uncertain'; readonly reason: string };

/** Where mail goes. Reasons never hold an address. */
export interface MailTransport {
  /** One answer for each mail, in order; never rejects. */
  send(mails: readonly Mail[]): Promise<readonly Delivery[]>;
  close(): Promise<void>;
}

/** For the thread that serves HTTP: mail leaves from the background thread only. */
export const noTransport: MailTransport = {
  send: (mails) =>
    Promise.resolve(
      mails.map(() => ({ outcome: 'failed', reason: 'no mail leaves from this thread', permanent: false })),
    ),
  close: () => Promise.resolve(),
};
