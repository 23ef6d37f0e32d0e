import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

import { parse } from 'csv-parse';

/** Rows of a CSV file with a header line, plain or gzipped, one by one. @throws Error  no such file, or broken CSV */
export async function* readCsv(path: string): AsyncGenerator<Readonly<Record<string, string>>> {
  const file = createReadStream(path);
  const text = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  const rows: AsyncIterable<Record<string, string>> = text.pipe(parse({ columns: true, bom: true }));
  for await (const row of rows) yield row;
}

/** Coordinates of a record; null where it has none or only the city's stand-in for "no location". */
export const pointOf = (
  row: Readonly<Record<string, string>>,
  unknownPoints: readonly { readonly latitude: number; readonly longitude: number }[],
): { readonly latitude: number; readonly longitude: number } | null => {
  const latitude = Number(row['latitude'] ?? '');
  const longitude = Number(row['longitude'] ?? '');
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude) || latitude === 0) return null;
  const standIn = unknownPoints.some(
    (point) => Math.abs(point.latitude - latitude) < 1e-4 && Math.abs(point.longitude - longitude) < 1e-4,
  );
  return standIn ? null : { latitude, longitude };
};
