import type { City, Location, Service } from '@city311/city';
import type { Place } from '@city311/kernel';
import { redact, type Author, type Vault } from '@city311/vault';

import type { SubmittedReport } from './submitted-report.js';

type Given = NonNullable<SubmittedReport['location']>;

/** A ZIP code is published as it was understood, or not at all. */
const withZip = ({ zip: written, ...given }: Given, city: City): Given => {
  const zip = written === undefined ? null : city.zipOf(written);
  return { ...given, ...(zip === null ? {} : { zip }) };
};

/** A range of house numbers can look like a phone number; it is none where a street follows it. */
const houseNumbers = /^\s*\d{1,5}\s*-\s*\d{1,5}(?=\s+\p{L})/u;

const withoutContacts = (text: string): string => {
  const kept = houseNumbers.exec(text)?.[0] ?? '';
  return kept + redact(text.slice(kept.length));
};

/** A person may type a phone number where the address belongs; a place stands in events in clear. */
const cleaned = (given: Given): Given => ({
  ...given,
  ...(given.address === undefined ? {} : { address: withoutContacts(given.address) }),
  ...(given.street === undefined ? {} : { street: withoutContacts(given.street) }),
});

const nowhere: Location = { precision: 'unknown', districts: {}, outsideCity: false, explanation: [] };

/** The place as given. A point that the city knows as "nobody knows where" does not count as one. */
const exactPlace = (given: Given, located: Location): Place => {
  const isAddress = given.address !== undefined && given.address !== '';
  return {
    precision: located.precision === 'point' ? 'point' : isAddress ? 'address' : 'unknown',
    ...given,
  };
};

/** Coordinates that came the wrong way round are put right; a point that says nothing is left out. */
const putRight = (
  { latitude: _latitude, longitude: _longitude, ...given }: Given,
  located: Location,
): Given =>
  located.precision === 'point' && located.latitude !== undefined && located.longitude !== undefined
    ? { ...given, latitude: located.latitude, longitude: located.longitude }
    : given;

/** By the point where it is one; a public address is located by routing, which weighs it against the point. */
const locatedOf = (location: Given, isPublic: boolean, city: City): Location => {
  const { latitude, longitude } = location;
  const byPoint = latitude === undefined ? nowhere : city.locate({ latitude, longitude });
  return isPublic || byPoint.precision === 'point' ? byPoint : city.locate(location);
};

/**
 * Where the case is, fit to be published. Somebody's home is named by its block, with the districts of the exact place,
 * which is protected under the reporter's key. What an older system tells stays as it told it; where that system had
 * published the place, it is not hidden any more.
 */
export const placeOf = async (
  { location = {}, imported }: SubmittedReport,
  { privatePlace }: Service,
  author: Author,
  { city, vault }: { readonly city: City; readonly vault: Vault },
): Promise<Place> => {
  const isPublic = !privatePlace || imported?.placePublished === true;
  const located = locatedOf(location, isPublic, city);
  const given = imported === undefined ? withZip(putRight(location, located), city) : location;
  if (isPublic) {
    return imported === undefined
      ? exactPlace(cleaned(given), located)
      : { ...exactPlace(given, located), districts: imported.districts };
  }
  const [exact] = await vault.protect(author, [JSON.stringify(exactPlace(given, located))]);
  const districts = imported?.districts ?? located.districts;
  return {
    ...city.publicPlace(putRight(location, located)),
    ...(Object.keys(districts).length === 0 ? {} : { districts }),
    ...(exact === undefined ? {} : { exact }),
  };
};
