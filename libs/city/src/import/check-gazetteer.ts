import { createGazetteer } from '../gazetteer/gazetteer.js';
import { streetKey } from '../gazetteer/street-names.js';
import { metresBetween } from '../geo/lattice.js';
import type { GazetteerSources } from './import-gazetteer.js';
import { importGazetteer } from './import-gazetteer.js';
import { readCsv } from './records.js';

/** Fits without every tenth address, then asks for those: how many are found, and how far off. */
export const checkGazetteer = async (sources: GazetteerSources): Promise<string> => {
  const heldOut = (row: number): boolean => row % 10 === 0;
  const gazetteer = createGazetteer(await importGazetteer({ ...sources, use: (row) => !heldOut(row) }));
  const distances: number[] = [];
  let asked = 0;
  let row = 0;
  for await (const line of readCsv(sources.addresses)) {
    row += 1;
    const street = streetKey((line['street'] ?? '').replace(/^[-\s]*\d+[A-Za-z]?\s+|^-+\s*/, ''));
    if (!heldOut(row)) continue;
    asked += 1;
    const found = gazetteer.numbers(street, Number(line['number'])).find(({ zip }) => zip === line['zip']);
    if (found === undefined) continue;
    distances.push(
      metresBetween(found, { latitude: Number(line['latitude']), longitude: Number(line['longitude']) }),
    );
  }
  distances.sort((a, b) => a - b);
  const quantile = (share: number): string =>
    (distances[Math.floor(share * distances.length)] ?? Number.NaN).toFixed(0);
  return (
    `held-out addresses: ${distances.length} of ${asked} found, off by ` +
    `${quantile(0.5)} m in the middle, ${quantile(0.9)} m at the ninth tenth`
  );
};
