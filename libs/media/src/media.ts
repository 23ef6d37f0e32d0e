import type { Readable } from 'node:stream';

export const imageTypes = ['image/jpeg', 'image/png', 'image/webp'] as const;
export type ImageType = (typeof imageTypes)[number];

/** A photo as it is stored: `sha256` (hex) and `sizeBytes` are those of the cleaned bytes. */
export interface StoredMedia {
  readonly sha256: string;
  readonly contentType: ImageType;
  readonly sizeBytes: number;
}

/**
 * Photos by the hash of their content, cleaned of everything that is not picture: place, time, camera, owner,
 * comments, embedded previews, whatever follows the end of the image. Of a JPEG's data the orientation stays.
 */
export interface Media {
  /**
   * Durable before it resolves; the same photo twice is one. The type is read from the bytes.
   * @param declaredType  what the sender called it; only named in the error
   * @throws MediaRefusedError  no JPEG, PNG or WebP, damaged, or too large
   * @throws TransientError     it cannot be stored now
   */
  put(bytes: Uint8Array, declaredType: string): Promise<StoredMedia>;
  /** Null where there is none (any more). The reader must consume or destroy `body`. */
  get(sha256: string): Promise<(StoredMedia & { readonly body: Readable }) | null>;
  /** False where there was none. */
  erase(sha256: string): Promise<boolean>;
  close(): Promise<void>;
}

/** A file that is not taken; the message may be shown to its sender. */
export class MediaRefusedError extends Error {
  override readonly name = 'MediaRefusedError';
  constructor(
    readonly code: 'too-large' | 'not-an-image' | 'damaged',
    message: string,
  ) {
    super(message);
  }
}
