import { describe, expect, it } from '@jest/globals';

import { Comparison } from './comparison.js';
import { faultsOf, reportLines, type ReplayOutcome } from './report.js';
import { sampleRow } from './sample-row.js';

const floors = { column: 99.5, ontime: 99 };

const outcomeOf = (rows: number, wrongOntime = 0, wrongWard = 0): ReplayOutcome => {
  const comparison = new Comparison();
  for (let place = 0; place < rows; place += 1) {
    const row = sampleRow({ case_enquiry_id: String(900_000_000_000 + place) });
    const exported = {
      ...row,
      ...(place < wrongOntime ? { ontime: 'OVERDUE' } : {}),
      ...(place < wrongWard ? { ward: '99' } : {}),
    };
    comparison.add(row, exported, '2016-01-13T05:00:00.000Z');
  }
  return {
    rowsIn: rows,
    played: {
      read: rows,
      reported: rows,
      completed: rows,
      reopened: 0,
      inFlight: 0,
      cases: rows,
      failures: [],
      seconds: 2,
      drained: true,
    },
    findings: {
      comparison,
      lost: [],
      doubled: [],
      closedIn: rows,
      closedOut: rows,
      dirt: new Map(),
      seconds: 1,
    },
  };
};

describe('faultsOf', () => {
  it('finds none in a replay that came out as it went in', () => {
    expect(faultsOf(outcomeOf(1_000), floors)).toEqual([]);
  });

  it('lets ontime be a little lower than the other columns, and no more', () => {
    expect(faultsOf(outcomeOf(1_000, 10, 5), floors)).toEqual([]);
    expect(faultsOf(outcomeOf(1_000, 11, 6), floors)).toEqual([
      'ontime: 98.900% equal, floor 99%',
      'ward: 99.400% equal, floor 99.5%',
    ]);
  });

  it('finds lost, doubled, merged and refused rows, a backlog, and an empty file', () => {
    const sound = outcomeOf(10);
    const broken = {
      ...sound,
      findings: { ...sound.findings, lost: ['1'], doubled: ['2'] },
      played: {
        ...sound.played,
        cases: 9,
        drained: false,
        failures: [{ id: '1', door: 'events' as const, reason: '400' }],
      },
    };
    expect(faultsOf(broken, floors)).toEqual([
      '1 lost: 1',
      '1 doubled: 2',
      '10 rows made 9 cases',
      '1 rows were refused at a door',
      'the consumers did not catch up',
    ]);
    expect(faultsOf(outcomeOf(0), floors)).toEqual(['no row was played']);
  });
});

describe('reportLines', () => {
  it('says how many, how fast, how equal, and what differs with examples', () => {
    const text = reportLines(outcomeOf(1_000, 3), floors).join('\n');
    expect(text).toContain('rows in 1000, cases 1000, closed 1000 (input 1000)');
    expect(text).toContain('= 500 rows/s');
    expect(text).toMatch(/ontime +99\.700%/);
    expect(text).toContain('ontime: 3 × ours: against the times of the row');
    expect(text).toContain('900000000000  "ONTIME" -> "OVERDUE"');
    expect(text).toMatch(/PASSED$/);
  });
});
