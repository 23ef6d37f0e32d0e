import { createHash } from 'node:crypto';

import type { City } from '@city311/city';
import type { CaseCommand, CaseRefusal } from '@city311/domain-intake';
import type { CaseNumber } from '@city311/kernel';
import { problem, type ProblemException } from '@city311/platform';

/** How a refusal of the case is told over HTTP; what is not there is 404, what does not fit the state is 409. */
export const refusalProblem = (refusal: CaseRefusal): ProblemException => {
  const { code, ...why } = refusal;
  switch (code) {
    case 'not-opened':
      return problem(404, 'no-such-case', 'There is no case of this number');
    case 'wrong-secret':
      return problem(403, code, 'The tracking secret does not fit this case');
    case 'internal-by-reporter':
      return problem(403, code, 'Internal comments are for staff');
    case 'too-much-said':
      return problem(409, code, 'So much was said about this case that no more is taken', { why });
    default:
      return problem(409, code, 'This does not fit the state that the case is in', { why });
  }
};

export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** Due date of the clock that a reopening starts. */
export const dueAfterReopening = (city: City, serviceCode: string, reopenedAt: string): string | null => {
  const service = city.service(serviceCode);
  return service === null ? null : city.dueAt(reopenedAt, service);
};

export type Acting = { readonly by: 'staff' } | { readonly by: 'reporter'; readonly secretHash: string };

/** Whoever shows a secret acts as the reporter; a channel without one may not act on a case at all. */
export const actingAs = (mayActAsStaff: boolean, trackingSecret: string | undefined): Acting => {
  if (trackingSecret !== undefined) return { by: 'reporter', secretHash: secretHash(trackingSecret) };
  return mayActAsStaff ? { by: 'staff' } : { by: 'reporter', secretHash: '' };
};

export type CaseAction = { readonly caseNumber: CaseNumber; readonly command: CaseCommand };
