import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { makeCaseNumber, type CaseOpened } from '@city311/domain-intake';
import { openSqliteVault, type Vault } from '@city311/vault';

import { boston, bulkPickup, noon, pothole, remove, tempFolder } from '../intake.spec-support.js';
import { openingOf } from './opening.js';
import type { SubmittedReport } from './submitted-report.js';

let folder: string;
let vault: Vault;
let payload = 26_000_000_000;

beforeAll(async () => {
  folder = await tempFolder();
  vault = await openSqliteVault({ folder });
});

afterAll(async () => {
  await vault.close();
  await remove(folder);
});

const opening = async (change: Partial<SubmittedReport>): Promise<CaseOpened> => {
  const report: SubmittedReport = {
    receiptKey: 'k',
    digest: 'd',
    serviceCode: pothole,
    language: 'en',
    channel: 'Self Service',
    adapter: 'web',
    openedAt: noon,
    answers: [],
    media: [],
    externalReferences: [],
    ...change,
  };
  const service = boston.service(report.serviceCode);
  if (service === null) throw new Error(report.serviceCode);
  const number = makeCaseNumber((payload += 1));
  return (await openingOf(report, service, number, null, { city: boston, vault })).opening;
};
const clear = async (text: string): Promise<string | null> =>
  (await vault.reveal([text as never]))[0] ?? null;

const home = { latitude: 42.31672, longitude: -71.06589, address: '123 Adams St  Dorchester  MA  02122' };
const districts = boston.districtsAt(home.latitude, home.longitude);
const imported = { departmentId: 'PWDx', queue: 'q', dueAt: null, districts: { ward: 'Ward 3' } };

describe('What a person wrote', () => {
  it('is protected, with what the public may read beside it', async () => {
    const { description } = await opening({ description: 'Big hole, call 617-555-0100 or ann@example.org' });
    if (description === undefined) throw new Error('no description');
    expect(await clear(description.original)).toBe('Big hole, call 617-555-0100 or ann@example.org');
    expect(await clear(description.redacted)).toBe('Big hole, call [phone] or [email]');
  });

  it('keeps who wrote it where no more than a name is told', async () => {
    const { contactId } = await opening({ description: 'a', contact: { lastName: 'Lima' } });
    const contacts = await vault.contacts(contactId === undefined ? [] : [contactId]);
    expect([...contacts.values()]).toMatchObject([{ lastName: 'Lima', consent: false }]);
  });

  it('is under the key of the contact where one is named, else of the case', async () => {
    const contact = { email: 'ann@example.org', consent: true };
    const named = await opening({ description: 'a', contact });
    const nameless = await opening({ description: 'b', contact: { firstName: '' } });
    expect(named.contactId).toBe(await vault.findContact({ email: contact.email }));
    expect(nameless.contactId).toBeUndefined();
    await vault.erase(`contact:${named.contactId ?? ''}`, noon);
    expect(await clear(named.description?.original ?? '')).toBeNull();
    expect(await clear(nameless.description?.original ?? '')).toBe('b');
    await vault.erase(`case:${nameless.caseNumber}`, noon);
    expect(await clear(nameless.description?.original ?? '')).toBeNull();
  });

  it('stands nowhere in the event in clear', async () => {
    const told = JSON.stringify(
      await opening({
        title: 'My title',
        description: 'My words',
        contact: { email: 'ann@example.org', phone: '617-555-0100', firstName: 'Ann', lastName: 'Lee' },
        answers: [{ code: 'anything', value: ['My list', 'of words'] }],
      }),
    );
    for (const word of ['My title', 'My words', 'ann@', '555', 'Ann', 'Lee', 'My list', 'of words'])
      expect(told).not.toContain(word);
  });

  it('calls for help in a title or an answer as well', async () => {
    const { emergencyWords } = await opening({ title: 'smell of gas' });
    expect(emergencyWords).not.toEqual([]);
    const answered = await opening({ answers: [{ code: 'more', value: 'there is a smell of gas' }] });
    expect(answered.emergencyWords).toEqual(emergencyWords);
    expect((await opening({ description: 'A hole' })).emergencyWords).toEqual([]);
  });
});

describe('An answer', () => {
  it('from the list of its question is a choice, anything else is protected text', async () => {
    const { answers } = await opening({
      answers: [
        { code: 'surface', value: 'crosswalk' },
        { code: 'nobody-asked', value: 'crosswalk' },
      ],
    });
    expect(answers[0]).toEqual({ code: 'surface', choice: ['crosswalk'] });
    if (answers[1] === undefined || !('text' in answers[1])) throw new Error('in clear');
    expect(await clear(answers[1].text.original)).toBe('crosswalk');
  });
});

describe('A public place', () => {
  it('stands as it was given', async () => {
    const { place } = await opening({ location: home });
    expect(place).toEqual({ precision: 'point', ...home });
    const words = await opening({ location: { address: home.address } });
    expect(words.place).toEqual({ precision: 'address', address: home.address });
    expect((await opening({})).place).toEqual({ precision: 'unknown' });
  });

  it('has coordinates that came the wrong way round put right', async () => {
    const { place } = await opening({ location: { latitude: home.longitude, longitude: home.latitude } });
    expect(place).toEqual({ precision: 'point', latitude: home.latitude, longitude: home.longitude });
  });

  it("is not at the city's stand-in for nowhere", async () => {
    const { place } = await opening({
      location: { latitude: 42.3594, longitude: -71.0587, address: 'Main St' },
    });
    expect(place.precision).toBe('address');
    expect(place.latitude).toBeUndefined();
  });

  it('shows no phone number that was typed into the address', async () => {
    const { place } = await opening({ location: { address: '12 Adams St, call 617-555-0100' } });
    expect(place.address).toBe('12 Adams St, call [phone]');
    const range = await opening({ location: { address: '999-1007 Blue Hill Ave' } });
    expect(range.place.address).toBe('999-1007 Blue Hill Ave');
  });
});

describe("Somebody's home", () => {
  it('is named by its block, in the districts of the exact place, which is protected', async () => {
    const { place } = await opening({ serviceCode: bulkPickup, location: home });
    const { exact, districts: found, ...open } = place;
    expect(open).toEqual(boston.publicPlace(home));
    expect(open.precision).toBe('block');
    expect(open.address).toContain('100 block of Adams St');
    expect(open.latitude).not.toBe(home.latitude);
    expect(found).toEqual(districts);
    expect(JSON.parse((await clear(exact ?? '')) ?? '')).toEqual({ precision: 'point', ...home });
    expect(JSON.stringify({ ...open, found })).not.toContain('123');
  });

  it('can be erased with the reporter, and the block stays', async () => {
    const contact = { email: 'home@example.org' };
    const { place, contactId } = await opening({ serviceCode: bulkPickup, location: home, contact });
    await vault.erase(`contact:${contactId ?? ''}`, noon);
    expect(await clear(place.exact ?? '')).toBeNull();
    expect(place.precision).toBe('block');
  });

  it('that nobody could tell stays unknown', async () => {
    const { place } = await opening({ serviceCode: bulkPickup });
    expect(place.precision).toBe('unknown');
  });

  it('at the stand-in for nowhere shows no point', async () => {
    const nowhere = { latitude: 42.3594, longitude: -71.0587 };
    const { place } = await opening({ serviceCode: bulkPickup, location: nowhere });
    expect(place).toMatchObject({ precision: 'unknown' });
    expect(place.latitude).toBeUndefined();
  });
});

describe('An imported place', () => {
  it('that the older system had published stays as it was, with its districts', async () => {
    const placed = { ...imported, placePublished: true };
    const { place } = await opening({ serviceCode: bulkPickup, location: home, imported: placed });
    expect(place).toEqual({ precision: 'point', ...home, districts: { ward: 'Ward 3' } });
  });

  it('that it had not is hidden, in the districts that it told', async () => {
    const { place } = await opening({ serviceCode: bulkPickup, location: home, imported });
    expect(place).toMatchObject({ precision: 'block', districts: { ward: 'Ward 3' } });
    expect(JSON.parse((await clear(place.exact ?? '')) ?? '')).toEqual({ precision: 'point', ...home });
  });

  it('keeps even the stand-in point, as it was published', async () => {
    const location = { latitude: 42.3594, longitude: -71.0587 };
    const { place } = await opening({ location, imported });
    expect(place).toEqual({ precision: 'unknown', ...location, districts: { ward: 'Ward 3' } });
  });
});

describe('The visibility of a case', () => {
  it("is the catalogue's unless it is told", async () => {
    const service = boston.services.find(({ visibility }) => visibility !== 'public');
    if (service === undefined) throw new Error('all is public in Boston');
    expect((await opening({ serviceCode: service.code })).visibility).toBe(service.visibility);
    expect((await opening({ serviceCode: service.code, visibility: 'public' })).visibility).toBe('public');
  });
});
