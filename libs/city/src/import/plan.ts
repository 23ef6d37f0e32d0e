import { z } from 'zod';

const label = z.string().min(1);

/** How a city's own boundary files become layers; `import.json` in the city's folder. */
export const importPlan = z.strictObject({
  /** Cell size in degrees; 0.0001 is about ten metres. */
  stepDegrees: z.number().positive(),
  limits: z.strictObject({ file: label, property: label }),
  layers: z.array(
    z.strictObject({
      name: label,
      file: label,
      property: label,
      pad: z.int().min(0).default(0),
      /** Labels in the file against the names that the city's records use. */
      names: z.record(label, label).default({}),
      /** Where records are given: their column wins over the polygon's label, zone by zone, by majority. */
      correctedByRecords: z.boolean().default(false),
    }),
  ),
  /** Layers without polygons: read off the records' column of that name. */
  fromRecords: z.array(label).default([]),
  /** Where the records are a patchwork: the even sample among them, which alone weighs services against each other. */
  evenSample: z.strictObject({ column: label, value: label }).optional(),
});

export type ImportPlan = z.infer<typeof importPlan>;
