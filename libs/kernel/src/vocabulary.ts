import type { Brand } from './brand.js';

/** 12 digits, the last a check digit (Damm). Also the id of the case's streams and the key on its topics. */
export type CaseNumber = Brand<string, 'CaseNumber'>;
export type ContactId = Brand<string, 'ContactId'>;
/** ISO 8601 UTC with milliseconds: `2015-08-11T12:00:00.000Z`. */
export type Instant = string;

/** Text encrypted under the key of its author: `p1.<key id>.<base64url>`. Unreadable once that key is erased. */
export type ProtectedText = Brand<string, 'ProtectedText'>;

/** What a person wrote, and what the public may read of it (contact details, plates taken out), both protected. */
export interface WrittenText {
  readonly original: ProtectedText;
  readonly redacted: ProtectedText;
}

export type Visibility = 'public' | 'staff' | 'confidential';

/** Labels of the areas that a place lies in, by layer: `{ ward: '03', neighborhood: 'Roxbury', fire: '4' … }`. */
export type Districts = Readonly<Record<string, string>>;

/**
 * Where a report is. `precision` tells how it is known; coordinates are WGS84 decimal degrees.
 * A private place (somebody's home) holds its exact form in `exact`; the open members then name the block only.
 */
export interface Place {
  readonly precision: 'point' | 'address' | 'block' | 'unknown';
  readonly latitude?: number;
  readonly longitude?: number;
  readonly address?: string;
  readonly street?: string;
  readonly zip?: string;
  readonly addressId?: string;
  readonly districts?: Districts;
  readonly exact?: ProtectedText;
}

export interface ExternalReference {
  readonly system: string;
  readonly id: string;
}

/** A photo: in our own store by content hash, or where another system keeps it. */
export type MediaReference =
  | { readonly kind: 'stored'; readonly sha256: string; readonly contentType: string }
  | { readonly kind: 'external'; readonly url: string };

/** How a case ended; `note` keeps the city's own wording for it ("Case Resolved"). */
export type Outcome =
  'resolved' | 'noted' | 'scheduled' | 'invalid' | 'duplicate' | 'referred' | 'withdrawn' | 'other';
