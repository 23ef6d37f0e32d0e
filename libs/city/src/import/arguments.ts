import { parseArgs } from 'node:util';

export interface ImportArguments {
  readonly city: string;
  readonly boundaries: string | null;
  readonly addresses: string | null;
  readonly intersections: string | null;
  readonly records: string | null;
}

export const usage = `npm run city:import -- --city ID
  --boundaries DIR      GeoJSON files named in cities/ID/import.json -> districts.bin
  --addresses CSV       number, street, zip, neighborhood, latitude, longitude -> gazetteer.bin
  --intersections CSV   street_a, street_b, neighborhood, latitude, longitude; with --addresses
  --records CSV         past cases: labels of layers without polygons, figures.json`;

/** @throws RangeError  unknown option, no city, or nothing to import */
export const readArguments = (argv: readonly string[]): ImportArguments => {
  const text = { type: 'string' } as const;
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: { city: text, boundaries: text, addresses: text, intersections: text, records: text },
    }));
  } catch (cause) {
    throw new RangeError(`${cause instanceof Error ? cause.message : String(cause)}\n${usage}`, { cause });
  }
  const { city, boundaries, addresses, intersections, records } = values;
  if (city === undefined) throw new RangeError(`--city is missing\n${usage}`);
  if (boundaries === undefined && addresses === undefined && records === undefined) {
    throw new RangeError(`nothing to import\n${usage}`);
  }
  return {
    city,
    boundaries: boundaries ?? null,
    addresses: addresses ?? null,
    intersections: intersections ?? null,
    records: records ?? null,
  };
};
