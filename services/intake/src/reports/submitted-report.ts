import type { ExternalReference, Instant, Visibility } from '@city311/kernel';

/** A report as a channel sent it, checked in form; everything a person wrote is still in clear. */
export interface SubmittedReport {
  /** Hash of the key under which it may be sent again without becoming a second case. */
  readonly receiptKey: string;
  /** Hash of the body. */
  readonly digest: string;
  readonly serviceCode: string;
  readonly title?: string;
  readonly description?: string;
  readonly language: string;
  readonly visibility?: Visibility;
  readonly channel: string;
  readonly adapter: string;
  readonly openedAt: Instant;
  readonly location?: {
    readonly latitude?: number;
    readonly longitude?: number;
    readonly address?: string;
    readonly street?: string;
    readonly zip?: string;
    readonly addressId?: string;
  };
  readonly contact?: {
    readonly email?: string;
    readonly phone?: string;
    readonly firstName?: string;
    readonly lastName?: string;
    readonly consent?: boolean;
  };
  readonly answers: readonly {
    readonly code: string;
    readonly value: string | readonly string[];
    /** The service does not ask for it. */
    readonly undeclared?: true;
  }[];
  readonly media: readonly { readonly url: string }[];
  readonly externalReferences: readonly ExternalReference[];
  readonly imported?: {
    readonly departmentId: string;
    readonly queue: string;
    readonly dueAt: Instant | null;
    readonly districts: Readonly<Record<string, string>>;
    readonly placePublished?: boolean;
  };
}

export type Submitted =
  | {
      readonly outcome: 'opened' | 'repeated';
      readonly caseNumber: string;
      readonly trackingSecret: string | null;
      readonly emergencyWords: readonly string[];
    }
  | { readonly outcome: 'different-body'; readonly caseNumber: string }
  /** Another case bears the external reference at this place already. */
  | { readonly outcome: 'reference-taken'; readonly index: number }
  /** It may or may not have been written; sent again, it is taken once. */
  | { readonly outcome: 'failed'; readonly error: unknown };
