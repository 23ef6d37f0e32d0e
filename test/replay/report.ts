import type { ColumnTally } from './comparison.js';
import type { ExportFindings } from './export-check.js';
import type { Played } from './player.js';

export interface Floors {
  /** Least share of equal cells in each column, percent. */
  readonly column: number;
  readonly ontime: number;
}

export interface ReplayOutcome {
  readonly rowsIn: number;
  readonly played: Played;
  readonly findings: ExportFindings;
}

/** Of nothing, all is equal; that nothing came is a fault of its own. */
const share = (part: number, whole: number): number => (whole === 0 ? 100 : (100 * part) / whole);
const percent = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${(Math.floor(share(part, whole) * 1000) / 1000).toFixed(3)}%`;
const shorten = (cell: string): string => JSON.stringify(cell.length > 90 ? `${cell.slice(0, 90)}…` : cell);

const floorOf = ({ column }: ColumnTally, floors: Floors): number =>
  column === 'ontime' ? floors.ontime : floors.column;

/** What keeps the replay from passing; none when it passes. */
export const faultsOf = ({ rowsIn, played, findings }: ReplayOutcome, floors: Floors): readonly string[] => [
  ...(rowsIn === 0 ? ['no row was played'] : []),
  ...(findings.lost.length > 0
    ? [`${findings.lost.length} lost: ${findings.lost.slice(0, 5).join(', ')}`]
    : []),
  ...(findings.doubled.length > 0
    ? [`${findings.doubled.length} doubled: ${findings.doubled.slice(0, 5).join(', ')}`]
    : []),
  ...(played.cases === rowsIn ? [] : [`${rowsIn} rows made ${played.cases} cases`]),
  ...(played.failures.length > 0 ? [`${played.failures.length} rows were refused at a door`] : []),
  ...(played.drained ? [] : ['the consumers did not catch up']),
  ...findings.comparison
    .tallies()
    .filter((tally) => share(tally.equal, tally.rows) < floorOf(tally, floors))
    .map(
      (tally) =>
        `${tally.column}: ${percent(tally.equal, tally.rows)} equal, floor ${floorOf(tally, floors)}%`,
    ),
];

/** The whole result for a person to read. */
export const reportLines = (outcome: ReplayOutcome, floors: Floors): readonly string[] => {
  const { rowsIn, played, findings } = outcome;
  const faults = faultsOf(outcome, floors);
  const rate = Math.round(rowsIn / Math.max(played.seconds, 0.001));
  return [
    '',
    `rows in ${rowsIn}, cases ${played.cases}, closed ${findings.closedOut} (input ${findings.closedIn}), ` +
      `completed ${played.completed}, opened again ${played.reopened}, ` +
      `lost ${findings.lost.length}, doubled ${findings.doubled.length}`,
    `whole lifecycle, backlog drained: ${played.seconds.toFixed(1)} s = ${rate} rows/s; ` +
      `export and comparison ${findings.seconds.toFixed(1)} s`,
    '',
    'Equal cells by column (an empty cell equals one of spaces; all else must be the same to the letter):',
    ...findings.comparison
      .tallies()
      .map(
        (tally) =>
          `  ${tally.column.padEnd(32)}${percent(tally.equal, tally.rows).padStart(9)}` +
          `   of filled ${percent(tally.filledEqual, tally.filled).padStart(9)} (${tally.filled})`,
      ),
    '',
    'Differences:',
    ...findings.comparison
      .differences()
      .flatMap(({ column, cause, count, examples }) => [
        `  ${column}: ${count} × ${cause}`,
        ...examples.map(
          ({ id, expected, actual }) => `    ${id}  ${shorten(expected)} -> ${shorten(actual)}`,
        ),
      ]),
    '',
    'Odd in the source, kept as it is:',
    ...[...findings.dirt].map(([kind, { count, ids }]) => `  ${count} × ${kind}, such as ${ids.join(', ')}`),
    ...(played.failures.length === 0 ? [] : ['', 'Refused:']),
    ...played.failures.slice(0, 20).map(({ id, door, reason }) => `  ${id} at ${door}: ${reason}`),
    '',
    faults.length === 0 ? 'PASSED' : `FAILED\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
  ];
};
