import { describe, expect, it } from '@jest/globals';

import { errorAnswer } from './error-form.js';
import type { Problem } from './problem.js';

const problemOf = (more: Partial<Problem>): Problem => ({
  ...{ type: 'urn:city311:problem:invalid', title: 'Not so', status: 400 },
  ...more,
});
const answerTo = (problem: Problem): unknown =>
  JSON.parse(errorAnswer({ url: '/open311/v2/requests.json?a=b' }, problem).body);

describe('A refusal in the form of Open311', () => {
  it('is its title, with the detail where there is one', () => {
    expect(answerTo(problemOf({}))).toEqual([{ code: 400, description: 'Not so' }]);
    expect(answerTo(problemOf({ detail: 'too late' }))).toEqual([
      { code: 400, description: 'Not so: too late' },
    ]);
  });

  it('is one line for each fault, by its place where it has one', () => {
    const faults = [
      { path: 'lat', message: 'must be a number' },
      { path: '', message: 'must be a form' },
    ];
    expect(answerTo(problemOf({ faults, detail: 'not told' }))).toEqual([
      { code: 400, description: 'lat must be a number' },
      { code: 400, description: 'must be a form' },
    ]);
  });
});
