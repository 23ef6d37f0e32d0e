import { isBlank, type BlockRow } from '../replay/columns.js';
import { seasonOf, type Figures } from './figures.js';

const places = { south: 42.2, west: -71.2, stepDegrees: 0.004 };
const hourOf = (local: string): number => Number(local.slice(11, 13));
const monthOf = (local: string): number => Number(local.slice(5, 7));

const counter = (): Map<string, number> => new Map();
const count = (counts: Map<string, number>, key: string, weight = 1): void => {
  counts.set(key, (counts.get(key) ?? 0) + weight);
};

/**
 * Counts what the simulation draws from. Types and seasons come from the blocks that hold every type and every
 * season alike; hours, channels and places from all. A cell or type seen fewer than five times is left out.
 */
export const countFigures = async (
  rows: AsyncIterable<BlockRow>,
  everyType: ReadonlySet<string>,
): Promise<Figures> => {
  const [channels, hours, services, cells] = [counter(), counter(), counter(), counter()];
  let [total, unlocated, photos] = [0, 0, 0];
  for await (const { block, row } of rows) {
    total += 1;
    count(channels, row.source);
    count(hours, `${hourOf(row.open_dt)}\n${row.source}`);
    if (everyType.has(block)) {
      count(services, `${row.subject}:${row.reason}:${row.type}\n${seasonOf(monthOf(row.open_dt))}`);
    }
    if (!isBlank(row.submittedphoto)) photos += 1;
    if (isBlank(row.location) || isBlank(row.latitude)) unlocated += 1;
    else {
      const north = Math.floor((Number(row.latitude) - places.south) / places.stepDegrees);
      const east = Math.floor((Number(row.longitude) - places.west) / places.stepDegrees);
      count(cells, `${north}\n${east}`);
    }
  }
  const names = [...channels].sort((one, other) => other[1] - one[1]).map(([name]) => name);
  const codes = [...new Set([...services.keys()].map((key) => key.split('\n')[0] ?? ''))].sort();
  return {
    channels: names,
    channelsByHour: Array.from({ length: 24 }, (_, hour) =>
      names.map((name) => hours.get(`${hour}\n${name}`) ?? 0),
    ),
    services: codes
      .map((code) => ({
        code,
        seasons: [0, 1, 2, 3].map((season) => services.get(`${code}\n${season}`) ?? 0),
      }))
      .filter(({ seasons }) => seasons.reduce((sum, weight) => sum + weight) >= 5),
    places: {
      ...places,
      cells: [...cells]
        .filter(([, weight]) => weight >= 5)
        .map(([key, weight]): [number, number, number] => {
          const [north = 0, east = 0] = key.split('\n').map(Number);
          return [north, east, weight];
        })
        .sort((one, other) => one[0] - other[0] || one[1] - other[1]),
    },
    unlocated: Math.round((1000 * unlocated) / Math.max(total, 1)) / 1000,
    withPhoto: Math.round((1000 * photos) / Math.max(total, 1)) / 1000,
  };
};
