import { z } from 'zod';

/** Ring of alternating longitude and latitude; inner rings are holes (even-odd). */
export type Ring = readonly (readonly [number, number])[];

export interface LabelledArea {
  readonly label: string;
  readonly rings: readonly Ring[];
}

const position = z.tuple([z.number(), z.number()], z.number());
const polygon = z.array(z.array(position).min(4)).min(1);

const collection = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(
    z.object({
      properties: z.record(z.string(), z.unknown()),
      geometry: z.discriminatedUnion('type', [
        z.object({ type: z.literal('Polygon'), coordinates: polygon }),
        z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(polygon).min(1) }),
      ]),
    }),
  ),
});

/**
 * Areas of a GeoJSON FeatureCollection of polygons, WGS84, labelled by one of their properties; numbers are padded
 * with zeros to `pad` digits. @throws RangeError  naming the feature, where the shape or the property is missing
 */
export const readAreas = (
  json: unknown,
  property: string,
  pad: number,
  names: Readonly<Record<string, string>> = {},
): readonly LabelledArea[] => {
  const parsed = collection.safeParse(json);
  if (!parsed.success) throw new RangeError(`not a collection of polygons: ${z.prettifyError(parsed.error)}`);
  return parsed.data.features.map(({ properties, geometry }, at) => {
    const value = properties[property];
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new RangeError(`feature ${at} has no property ${property}`);
    }
    const label = String(value).trim().padStart(pad, '0');
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    return {
      label: names[label] ?? label,
      rings: polygons
        .flat()
        .map((ring) => ring.map(([longitude, latitude]) => [longitude, latitude] as const)),
    };
  });
};
