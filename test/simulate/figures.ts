import { z } from 'zod';

const weights = z.array(z.number().min(0));

/** What new reports look like in a city, as counts without any single record: `figures/<city>.json`. */
export const figuresShape = z.strictObject({
  channels: z.array(z.string()),
  /** Weight of each channel, for each hour of the day. */
  channelsByHour: z.array(weights).length(24),
  /** Weight in winter (December to February), spring, summer and autumn. */
  services: z.array(z.strictObject({ code: z.string(), seasons: weights.length(4) })),
  /** Reports by cell: south-west corner in steps from the origin, and weight. */
  places: z.strictObject({
    south: z.number(),
    west: z.number(),
    stepDegrees: z.number().positive(),
    cells: z.array(z.tuple([z.int(), z.int(), z.number()])),
  }),
  /** Share of reports that nobody could place. */
  unlocated: z.number().min(0).max(1),
  withPhoto: z.number().min(0).max(1),
});

export type Figures = z.infer<typeof figuresShape>;
export type Season = 0 | 1 | 2 | 3;

/** Of a local month, counted from 1. */
export const seasonOf = (month: number): Season => {
  if (month === 12 || month <= 2) return 0;
  if (month <= 5) return 1;
  return month <= 8 ? 2 : 3;
};
