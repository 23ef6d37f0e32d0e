import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { MediaRefusedError } from '@city311/media';
import type { Media } from '@city311/media';

import { jpegPicture, privateMark, sampleJpeg, samplePng, sampleWebp } from './sample-images.js';

export interface MediaUnderTest {
  /** Empty; takes photos of up to `maxBytes`. */
  readonly media: Media;
  /** Closes everything that was opened and removes it. */
  dispose(): Promise<void>;
}

const contentOf = async (media: Media, sha256: string): Promise<Buffer | null> => {
  const stored = await media.get(sha256);
  return stored === null ? null : Buffer.concat(await stored.body.toArray());
};
const maxBytes = 100_000;

/** What every store of photos promises, whatever it is built on. `makeMedia` gives each test an empty one. */
export const describeMediaContract = (
  name: string,
  makeMedia: (options: { readonly maxBytes: number }) => Promise<MediaUnderTest>,
): void => {
  describe(`${name} as a store of photos`, () => {
    let made: MediaUnderTest;
    let media: Media;

    beforeEach(async () => {
      made = await makeMedia({ maxBytes });
      media = made.media;
    });
    afterEach(() => made.dispose());

    it.each([
      ['image/jpeg', sampleJpeg()],
      ['image/png', samplePng()],
      ['image/webp', sampleWebp()],
    ])('keeps %s without anything private, as an image that cleans to itself', async (contentType, sent) => {
      expect(sent.includes(privateMark)).toBe(true);
      const stored = await media.put(sent, 'application/octet-stream');
      const kept = await contentOf(media, stored.sha256);
      expect(stored).toEqual({
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        contentType,
        sizeBytes: kept?.length,
      });
      expect(kept?.includes(privateMark)).toBe(false);
      expect(await media.put(kept ?? sent, contentType)).toEqual(stored);
    });

    it('keeps the picture, the colours and the orientation of a JPEG', async () => {
      const { sha256 } = await media.put(sampleJpeg(6), 'image/jpeg');
      const kept = await contentOf(media, sha256);
      expect(kept?.indexOf(jpegPicture)).not.toBe(kept?.lastIndexOf(jpegPicture));
      expect(kept?.includes('ICC_PROFILE')).toBe(true);
      expect(kept?.includes(Buffer.from([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]))).toBe(true);
      const upright = await contentOf(media, (await media.put(sampleJpeg(1), 'image/jpeg')).sha256);
      expect(upright?.includes('Exif')).toBe(false);
    });

    it('keeps one of the same photo sent twice, even at once', async () => {
      const [one, two] = await Promise.all([
        media.put(samplePng(), 'image/png'),
        media.put(samplePng(), 'image/png'),
      ]);
      expect(two).toEqual(one);
    });

    it.each([
      ['text', Buffer.from('not a photo')],
      ['nothing', Buffer.alloc(0)],
      ['a web page called a photo', Buffer.from('<html><script></script></html>')],
      ['a GIF', Buffer.from('GIF89a')],
    ])('refuses %s', async (_, bytes) => {
      await expect(media.put(bytes, 'image/jpeg')).rejects.toMatchObject({ code: 'not-an-image' });
    });

    it('refuses what is too large', async () => {
      const large = Buffer.concat([samplePng(), Buffer.alloc(maxBytes)]);
      const refused = media.put(large, 'image/png');
      await expect(refused).rejects.toBeInstanceOf(MediaRefusedError);
      await expect(refused).rejects.toMatchObject({ code: 'too-large' });
    });

    it('takes or refuses an image cut off anywhere or with a byte changed, and fails in no other way', async () => {
      for (const whole of [sampleJpeg(), samplePng(), sampleWebp()]) {
        const taken: string[] = [];
        const attempts = Array.from(whole.keys()).flatMap((at): (readonly [string, Buffer])[] => {
          const changed = Buffer.from(whole);
          changed.writeUInt8(0xff ^ changed.readUInt8(at), at);
          const cut = [`cut at ${at}`, whole.subarray(0, at)] as const;
          return at % 7 === 0 ? [cut, [`changed at ${at}`, changed]] : [];
        });
        for (const [name, bytes] of attempts) {
          try {
            await media.put(bytes, 'image/jpeg');
            taken.push(name);
          } catch (error) {
            expect(error).toBeInstanceOf(MediaRefusedError);
          }
        }
        // Without its first byte nothing tells what it is; a byte of its pixels is nobody's business.
        for (const name of ['cut at 0', 'cut at 7', 'changed at 0']) expect(taken).not.toContain(name);
        expect(taken.some((name) => name.startsWith('changed'))).toBe(true);
      }
    });

    it('has nothing where nothing was put, whatever is asked for', async () => {
      for (const sha256 of ['0'.repeat(64), '', '../../etc/passwd', 'x'.repeat(64)]) {
        expect(await media.get(sha256)).toBeNull();
        expect(await media.erase(sha256)).toBe(false);
      }
    });

    it('erases a photo once, and takes it again afterwards', async () => {
      const { sha256 } = await media.put(samplePng(), 'image/png');
      expect(await media.erase(sha256)).toBe(true);
      expect(await media.erase(sha256)).toBe(false);
      expect(await media.get(sha256)).toBeNull();
      expect((await media.put(samplePng(), 'image/png')).sha256).toBe(sha256);
      expect(await contentOf(media, sha256)).not.toBeNull();
    });
  });
};
