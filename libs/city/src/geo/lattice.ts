/**
 * A regular net of points over a city: row 0 in the south, column 0 in the west, WGS84 degrees. Each point stands
 * for the cell around it.
 */
export interface Lattice {
  readonly south: number;
  readonly west: number;
  readonly latitudeStep: number;
  readonly longitudeStep: number;
  readonly rows: number;
  readonly columns: number;
}

/** Index of the cell that holds the point, or -1 outside the net. */
export const cellAt = (lattice: Lattice, latitude: number, longitude: number): number => {
  const row = Math.round((latitude - lattice.south) / lattice.latitudeStep);
  const column = Math.round((longitude - lattice.west) / lattice.longitudeStep);
  if (!(row >= 0 && row < lattice.rows && column >= 0 && column < lattice.columns)) return -1;
  return row * lattice.columns + column;
};

/** A net of `stepDegrees` whose points are multiples of it, with `margin` cells to spare on every side. */
export const latticeOver = (
  box: { readonly south: number; readonly west: number; readonly north: number; readonly east: number },
  stepDegrees: number,
  margin: number,
): Lattice => {
  const perDegree = Math.round(1 / stepDegrees);
  const south = Math.floor(box.south * perDegree) - margin;
  const west = Math.floor(box.west * perDegree) - margin;
  return {
    south: south / perDegree,
    west: west / perDegree,
    latitudeStep: stepDegrees,
    longitudeStep: stepDegrees,
    rows: Math.ceil(box.north * perDegree) + margin - south + 1,
    columns: Math.ceil(box.east * perDegree) + margin - west + 1,
  };
};

/** Metres between two points, flat within a city's size. */
export const metresBetween = (
  a: { readonly latitude: number; readonly longitude: number },
  b: { readonly latitude: number; readonly longitude: number },
): number => {
  const north = (b.latitude - a.latitude) * 111_195;
  const east = (b.longitude - a.longitude) * 111_195 * Math.cos(((a.latitude + b.latitude) * Math.PI) / 360);
  return Math.hypot(north, east);
};
