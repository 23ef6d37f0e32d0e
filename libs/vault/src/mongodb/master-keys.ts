import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { TransientError } from '@city311/kernel';

import { keyBytes, seal, unseal } from '../cipher.js';
import { deriveKey } from '../derive-key.js';

/** Something sealed by a master key, and which one it was. */
export interface Wrapped {
  readonly wrapped: Buffer;
  readonly by: string;
}

/** Names a master key without telling anything of it: 12 characters. */
export const masterKeyId = (masterKey: Uint8Array): string =>
  deriveKey(masterKey, 'key check').toString('base64url').slice(0, 12);

/** The master key that wraps what is new, and the older ones that still open what they wrapped. */
export class MasterKeys {
  readonly currentId: string;
  readonly #current: KeyObject;
  readonly #byId = new Map<string, KeyObject>();

  /** @throws RangeError  one of them has not 32 bytes */
  constructor(current: Uint8Array, older: readonly Uint8Array[] = []) {
    for (const key of [current, ...older]) {
      if (key.length !== keyBytes) {
        throw new RangeError(`a master key has ${keyBytes} bytes; one that was given has ${key.length}`);
      }
    }
    const wrapping = (key: Uint8Array): KeyObject => createSecretKey(deriveKey(key, 'key wrapping'));
    this.currentId = masterKeyId(current);
    this.#current = wrapping(current);
    for (const key of older) this.#byId.set(masterKeyId(key), wrapping(key));
    this.#byId.set(this.currentId, this.#current);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** `bound` must be the same on unwrapping. */
  wrap(bound: string, clear: Uint8Array): Wrapped {
    return { wrapped: seal(this.#current, bound, clear), by: this.currentId };
  }

  /**
   * @throws TransientError  the master key that wrapped it was not given to this process, and may be later
   * @throws Error  it was tampered with
   */
  unwrap(bound: string, { wrapped, by }: Wrapped): Buffer {
    const key = this.#byId.get(by);
    if (key === undefined) {
      throw new TransientError(`${bound} is wrapped by the master key ${by}, which was not given`);
    }
    const clear = unseal(key, bound, wrapped);
    if (clear === null) throw new Error(`${bound} does not open under the master key ${by}`);
    return clear;
  }
}
