import type { Outcome } from '@city311/kernel';

import { closureLabels } from './closure-labels.js';

/**
 * The closing text of Boston's older system in parts that fit the members of `CaseClosed`:
 * `stamp` is absent for "Case Closed …", the printed date for "Case Closed. Closed date : <date> …", and empty
 * where no "Case Closed" stands at the start. `label` is one of the city's words for an outcome, or empty.
 * `text` is the rest; white space at its start is kept where it is more (or less) than the one space between parts.
 */
export interface ClosureParts {
  readonly stamp?: string;
  readonly label: string;
  readonly text: string;
}

const datedOpening = 'Case Closed. Closed date : ';
const plainOpening = 'Case Closed';
const printedDate =
  /^(?:\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d+|[A-Z][a-z]{2} [A-Z][a-z]{2} \d{2} \d{2}:\d{2}:\d{2} [A-Z]{3} \d{4})(?=\s|$)/;
const startsWithSpace = /^\s/;

/** Joins what `apart` took apart: one space, unless the rest is empty or brings its own. */
const together = (head: string, rest: string): string =>
  head === '' || rest === '' || startsWithSpace.test(rest) ? head + rest : `${head} ${rest}`;

/** What stands after `head`, which must end there or before white space; null where it does not. */
const apart = (whole: string, head: string): string | null => {
  if (!whole.startsWith(head)) return null;
  const rest = whole.slice(head.length);
  if (rest === '') return '';
  if (!startsWithSpace.test(rest)) return null;
  const single = rest.startsWith(' ') && rest.length > 1 && !startsWithSpace.test(rest.slice(1));
  return single ? rest.slice(1) : rest;
};

const takeOpening = (whole: string): { readonly stamp?: string; readonly rest: string } => {
  if (whole.startsWith(datedOpening)) {
    const stamp = printedDate.exec(whole.slice(datedOpening.length))?.[0];
    const rest = stamp === undefined ? null : apart(whole, datedOpening + stamp);
    if (stamp !== undefined && rest !== null) return { stamp, rest };
  }
  const rest = apart(whole, plainOpening);
  return rest === null ? { stamp: '', rest: whole } : { rest };
};

const takeLabel = (rest: string): { readonly label: string; readonly text: string } => {
  for (const [label] of closureLabels) {
    const text = apart(rest, label);
    if (text !== null) return { label, text };
  }
  return { label: '', text: rest };
};

/** Takes any text apart so that `renderClosureText` gives it back, character by character. */
export const parseClosureText = (whole: string): ClosureParts => {
  const { rest, ...opening } = takeOpening(whole);
  return { ...opening, ...takeLabel(rest) };
};

/** The text as the older system printed it. */
export const renderClosureText = ({ stamp, label, text }: ClosureParts): string => {
  const body = together(label, text);
  if (stamp === undefined) return together(plainOpening, body);
  return stamp === '' ? body : together(datedOpening + stamp, body);
};

const outcomes: ReadonlyMap<string, Outcome> = new Map(closureLabels);

/** What a label means; `other` for one that says nothing about how the case ended, or that we do not know. */
export const outcomeOfLabel = (label: string): Outcome => outcomes.get(label) ?? 'other';
