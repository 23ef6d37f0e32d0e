import { carriable, textFault } from '@city311/platform';

export interface GivenAnswer {
  readonly code: string;
  readonly value: string | readonly string[];
}

/** What an answer of a report may be: see `report.dto.ts`. */
const limits = { answers: 50, name: 100, text: 4_000 } as const;
/** Each holds `limits.text`; what would need more is left as it is, and refused. */
const mostOthers = 10;

const fits = ({ code, value }: { readonly code: string; readonly value: string }): boolean =>
  textFault(code, limits.name) === null && textFault(value, limits.text) === null;

/** In characters that are one or more of those that people count. */
const pieces = new RegExp(`[^]{1,${limits.text}}`, 'gu');

/**
 * Live clients send more than is asked for, and that is never a fault: each such answer is one text that can be carried.
 * Where there are many, or a name or text is long, the rest stands in `parameter.others-<n>`, a line for each, up to 40,000
 * characters in all.
 */
export const withUndeclared = (
  answers: readonly GivenAnswer[],
  asked: readonly string[],
): readonly GivenAnswer[] => {
  const declared = answers.filter(({ code }) => asked.includes(code));
  const undeclared = answers
    .filter(({ code }) => !asked.includes(code))
    .map(({ code, value }) => ({ code: carriable(code), value: carriable([value].flat().join(', ')) }));
  const room = Math.max(0, limits.answers - mostOthers - declared.length);
  const kept = undeclared.filter(fits).slice(0, room);
  const others = undeclared.filter((answer) => !kept.includes(answer));
  const text = others.map(({ code, value }) => `${code}: ${value}`).join('\n');
  const parts: readonly string[] = text.match(pieces) ?? [];
  if (parts.length > mostOthers) return answers;
  return [...declared, ...kept, ...parts.map((value, at) => ({ code: `parameter.others-${at + 1}`, value }))];
};
