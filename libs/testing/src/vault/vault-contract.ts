import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { PoisonMessageError } from '@city311/kernel';
import type { CaseNumber, ProtectedText } from '@city311/kernel';
import type { Author, ContactDetails, Vault } from '@city311/vault';

export interface VaultUnderTest {
  /** Empty. */
  readonly vault: Vault;
  /** A second door to the same vault, as another process would have it; `dispose` closes it. */
  another(): Promise<Vault>;
  /** Closes everything that was opened and removes it. */
  dispose(): Promise<void>;
}

const at = '2026-01-05T08:00:00.000Z';
const author: Author = 'case:260000012345';
const jo: ContactDetails = {
  email: 'jo@example.org',
  phone: '617-555-0142',
  firstName: 'Jo',
  consent: true,
  language: 'en',
};
const cases = (...numbers: string[]) => numbers as CaseNumber[];
const protectOne = async (vault: Vault, by: Author, text: string): Promise<ProtectedText> => {
  const [made] = await vault.protect(by, [text]);
  if (made === undefined) throw new Error('nothing was protected');
  return made;
};

/** What every vault promises, whatever it is built on. `makeVault` gives each test an empty one. */
export const describeVaultContract = (name: string, makeVault: () => Promise<VaultUnderTest>): void => {
  describe(`${name} as a vault`, () => {
    let made: VaultUnderTest;
    let vault: Vault;

    beforeEach(async () => {
      made = await makeVault();
      vault = made.vault;
    });
    afterEach(() => made.dispose());

    describe('texts', () => {
      it('come back as they were, whatever they hold, in the order asked for', async () => {
        const texts = ['', 'a hole in the road', 'été — 街 — עברית — 🕳️', 'x'.repeat(100_000), '\u0000\n'];
        const hidden = [
          ...(await vault.protect(author, texts)),
          await protectOne(vault, 'staff:roads', 'seen'),
          await protectOne(vault, 'contact:c-1', 'hello'),
        ];
        expect(await vault.reveal(hidden)).toEqual([...texts, 'seen', 'hello']);
        expect(await vault.reveal([...hidden].reverse())).toEqual([...texts, 'seen', 'hello'].reverse());
        expect(await vault.reveal([])).toEqual([]);
      });

      it('carry the key id of their author and nothing readable, and never look the same twice', async () => {
        const [one, two] = await vault.protect(author, ['a hole', 'a hole']);
        expect(one).toMatch(/^p1\.[A-Za-z0-9_-]{8,24}\.[A-Za-z0-9_-]+$/);
        expect(one).not.toBe(two);
        expect(one?.split('.')[1]).toBe(await vault.keyIdOf(author));
        expect(await vault.keyIdOf('case:260000099999')).toBeNull();
      });

      it('that were written have a redacted twin', async () => {
        const { original, redacted } = await vault.protectWritten(author, 'a hole, call 617-555-0142');
        expect(await vault.reveal([original, redacted])).toEqual([
          'a hole, call 617-555-0142',
          'a hole, call [phone]',
        ]);
      });

      it('that were written are redacted in turns with everything else, however many come at once', async () => {
        const text = 'a@a.a@a.'.repeat(1_000);
        await vault.protectWritten(author, text);
        let [turns, written] = [0, false];
        const turn = (): void => {
          turns += 1;
          if (!written) setImmediate(turn);
        };
        setImmediate(turn);
        await Promise.all(Array.from({ length: 300 }, () => vault.protectWritten(author, text)));
        written = true;
        // The key is known: nothing else is waited for, and all of it takes some 80 ms or more.
        expect(turns).toBeGreaterThan(3);
      });

      it('of one author share a key even when protected at the same time through two doors', async () => {
        const other = await made.another();
        const hidden = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            protectOne(index % 2 ? vault : other, author, `text ${index}`),
          ),
        );
        expect(new Set(hidden.map((text) => text.split('.')[1])).size).toBe(1);
        expect(await vault.reveal(hidden)).toEqual(hidden.map((_, index) => `text ${index}`));
      });

      it('that were tampered with, or are none, are poison, and the error repeats nothing of them', async () => {
        const hidden = await protectOne(vault, author, 'a hole in the road');
        const last = hidden.endsWith('A') ? 'B' : 'A';
        const middle = hidden.length - 20;
        const changed = `${hidden.slice(0, middle)}${hidden[middle] === 'A' ? 'B' : 'A'}${hidden.slice(middle + 1)}`;
        const other = await protectOne(vault, 'case:260000012352', 'elsewhere');
        const moved = `p1.${other.split('.')[1] ?? ''}.${hidden.split('.')[2] ?? ''}`;
        const unknown = `p1.AAAAAAAAAAAA.${hidden.split('.')[2] ?? ''}`;
        for (const bad of [
          changed,
          moved,
          unknown,
          'a hole in the road',
          '',
          'p1..',
          `p2${hidden.slice(2)}`,
          `p1.x.${last}`,
        ]) {
          const thrown: unknown = await vault
            .reveal([hidden, bad as ProtectedText])
            .catch((error: unknown) => error);
          expect(thrown).toBeInstanceOf(PoisonMessageError);
          const said = JSON.stringify(thrown, Object.getOwnPropertyNames(thrown));
          expect(said).not.toContain('a hole');
          expect(said).not.toContain(hidden.split('.')[2]);
        }
      });
    });

    describe('reserveKeys', () => {
      it('makes every key once, and leaves those that are there', async () => {
        const hidden = await protectOne(vault, author, 'before');
        const before = await vault.keyIdOf(author);
        const authors = Array.from({ length: 1_000 }, (_, index): Author => `case:${260000012000 + index}`);
        await vault.reserveKeys([...authors, author]);
        const other = await made.another();
        const ids = await Promise.all(authors.map((one) => other.keyIdOf(one)));
        expect(ids).not.toContain(null);
        expect(new Set(ids).size).toBe(authors.length);
        expect(await vault.keyIdOf(author)).toBe(before);
        expect(await other.reveal([hidden])).toEqual(['before']);
      });
    });

    describe('contacts', () => {
      it('are found again by e-mail or phone, however these are written', async () => {
        const id = await vault.rememberContact(jo);
        expect(
          await vault.rememberContact({ email: ' JO@Example.org ', consent: true, language: 'en' }),
        ).toBe(id);
        expect(await vault.findContact({ email: 'Jo@example.ORG' })).toBe(id);
        expect(await vault.findContact({ phone: '+1 (617) 555-0142' })).toBe(id);
        expect(await vault.findContact({ phone: '617-555-0143' })).toBeNull();
        const found = await vault.contacts([id, 'nobody' as typeof id]);
        expect([...found.keys()]).toEqual([id]);
        expect(found.get(id)).toMatchObject({ contactId: id, firstName: 'Jo', phone: '617-555-0142' });
      });

      it('take over newer details and keep what the newer ones leave out', async () => {
        const id = await vault.rememberContact(jo);
        const newer = { email: 'jo@example.org', phone: '617-555-0199', consent: false, language: 'es' };
        expect(await vault.rememberContact(newer)).toBe(id);
        expect((await vault.contacts([id])).get(id)).toEqual({ ...jo, ...newer, contactId: id });
        expect(await vault.findContact({ phone: '617-555-0199' })).toBe(id);
        expect(await vault.findContact({ phone: '617-555-0142' })).toBeNull();
      });

      it('known by phone get their e-mail added, but never change hands by a shared phone', async () => {
        const byPhone = { phone: '617-555-0142', consent: true, language: 'en' };
        const id = await vault.rememberContact(byPhone);
        expect(await vault.rememberContact({ ...byPhone, email: 'jo@example.org' })).toBe(id);
        const other = await vault.rememberContact({ ...byPhone, email: 'sam@example.org' });
        expect(other).not.toBe(id);
        expect(await vault.findContact({ email: 'jo@example.org' })).toBe(id);
        expect(await vault.findContact({ phone: '617-555-0142' })).toBe(id);
      });

      it('remembered many times at once are one person', async () => {
        const other = await made.another();
        const ids = await Promise.all(
          Array.from({ length: 20 }, (_, index) => (index % 2 ? vault : other).rememberContact(jo)),
        );
        expect(new Set(ids).size).toBe(1);
      });

      it('without e-mail and phone are each a new person', async () => {
        const nameless = { firstName: 'Jo', consent: false, language: 'en' };
        expect(await vault.rememberContact(nameless)).not.toBe(await vault.rememberContact(nameless));
      });

      it('changed elsewhere are seen changed here', async () => {
        const other = await made.another();
        const id = await vault.rememberContact(jo);
        await other.contacts([id]);
        await vault.rememberContact({ ...jo, firstName: 'Joanna' });
        expect((await other.contacts([id])).get(id)?.firstName).toBe('Joanna');
      });
    });

    describe('the deployment', () => {
      it('is named once and for good, whoever names it at the same time', async () => {
        expect(await vault.deployment()).toBeNull();
        const other = await made.another();
        const names = await Promise.all(
          Array.from({ length: 10 }, (_, index) =>
            (index % 2 ? vault : other).nameDeployment(`name-${index}`),
          ),
        );
        expect(new Set(names).size).toBe(1);
        expect(await vault.nameDeployment('another')).toBe(names[0]);
        for (const door of [vault, other, await made.another()])
          expect(await door.deployment()).toBe(names[0]);
      });
    });

    describe('cases of an author', () => {
      it('are those noted, each once, and stay known after the author is erased', async () => {
        const id = await vault.rememberContact(jo);
        const person: Author = `contact:${id}`;
        const [first = '' as CaseNumber, second = '' as CaseNumber] = cases('260000012345', '260000012352');
        await Promise.all([
          vault.noteCase(person, second),
          vault.noteCase(person, first),
          vault.noteCase(person, second),
        ]);
        void vault.noteCase(author, first);
        await vault.erase(person, at);
        expect(await (await made.another()).casesOf(person)).toEqual([first, second]);
        expect(await vault.casesOf(author)).toEqual([first]);
        expect(await vault.casesOf('staff:roads')).toEqual([]);
      });
    });

    describe('erase', () => {
      it('makes texts unreadable, here and through a door that had just read them, and leaves the others', async () => {
        const other = await made.another();
        const kept = await protectOne(vault, 'case:260000012352', 'kept');
        const gone = await protectOne(vault, author, 'gone');
        const keyId = await vault.keyIdOf(author);
        expect(await other.reveal([gone, kept])).toEqual(['gone', 'kept']);
        await vault.erase(author, at);
        await vault.erase(author, '2026-01-06T08:00:00.000Z');
        expect(await vault.reveal([kept, gone])).toEqual(['kept', null]);
        expect(await other.reveal([gone, kept])).toEqual([null, 'kept']);
        expect(await other.keyIdOf(author)).toBeNull();
        expect(await other.erased()).toEqual([{ author, keyId, at }]);
      });

      it('takes the contact and every way of finding it along', async () => {
        const other = await made.another();
        const id = await vault.rememberContact(jo);
        await other.contacts([id]);
        await vault.erase(`contact:${id}`, at);
        for (const door of [vault, other]) {
          expect((await door.contacts([id])).size).toBe(0);
          expect(await door.findContact({ email: 'jo@example.org' })).toBeNull();
          expect(await door.findContact({ phone: '617-555-0142' })).toBeNull();
        }
        expect(await vault.rememberContact(jo)).not.toBe(id);
      });

      it('is quiet for somebody who has nothing here', async () => {
        await vault.erase('contact:nobody', at);
        expect(await vault.erased()).toEqual([]);
      });

      it('lets the author write again, under a new key', async () => {
        const old = await protectOne(vault, author, 'old');
        const keyId = await vault.keyIdOf(author);
        await vault.erase(author, at);
        const fresh = await protectOne(vault, author, 'new');
        expect(await vault.keyIdOf(author)).not.toBe(keyId);
        expect(await vault.reveal([old, fresh])).toEqual([null, 'new']);
      });
    });

    describe('reapplyErasures', () => {
      it('erases what a restored backup brought back, and takes keys it never saw as erased', async () => {
        const id = await vault.rememberContact(jo);
        const person: Author = `contact:${id}`;
        const text = await protectOne(vault, person, 'hello');
        const keyId = (await vault.keyIdOf(person)) ?? '';
        const lost = `p1.AAAAAAAAAAAA.${text.split('.')[2] ?? ''}` as ProtectedText;
        const list = [
          { author: person, keyId, at },
          { author: 'case:260000012352' as Author, keyId: 'AAAAAAAAAAAA', at },
        ];
        await vault.reapplyErasures(list);
        await vault.reapplyErasures(list);
        expect(await vault.reveal([text, lost])).toEqual([null, null]);
        expect((await vault.contacts([id])).size).toBe(0);
        expect(await vault.erased()).toEqual(list);
      });

      it('leaves a newer key of the author', async () => {
        await vault.protect(author, ['old']);
        const keyId = (await vault.keyIdOf(author)) ?? '';
        await vault.erase(author, at);
        const fresh = await protectOne(vault, author, 'new');
        await vault.reapplyErasures([{ author, keyId, at }]);
        expect(await vault.reveal([fresh])).toEqual(['new']);
      });
    });
  });
};
