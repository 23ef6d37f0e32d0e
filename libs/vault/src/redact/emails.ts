const maxLocal = 64;
const inLocal = /^[\p{L}\p{N}._%+'&=~-]$/u;

/** Where the name before a joint begins: letter by letter from its end, so that a text full of joints costs little. */
const localStart = (text: string, end: number): number => {
  let start = end;
  while (start > 0) {
    const code = text.charCodeAt(start - 1);
    const width = code >= 0xdc00 && code < 0xe000 && start > 1 ? 2 : 1;
    if (end - (start - width) > maxLocal || !inLocal.test(text.slice(start - width, start))) break;
    start -= width;
  }
  return start;
};

const spelledOut = /\s{0,2}[([{]\s?at\s?[)\]}]\s{0,2}/giu;
const label = `[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,62})`;
/** With a gap only before the endings that nobody writes as a word: "name@example .com". */
const domain = new RegExp(
  `(?:${label}(?:\\.|\\s?[([{]\\s?dot\\s?[)\\]}]\\s?)){1,6}\\p{L}{2,24}(?![\\p{L}\\p{N}])|${label}\\s{0,2}\\.\\s{0,2}(?:com|org|net|gov|edu)\\b`,
  'iuy',
);
const domainStart = /[\p{L}\p{N}]/u;

/** Ends of the signs that may join a name to a domain: `@`, "(at)". */
const joints = function* (text: string): Generator<{ readonly from: number; readonly to: number }> {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) yield { from: at, to: at + 1 };
  if (!/at\s?[)\]}]/iu.test(text)) return;
  for (const match of text.matchAll(spelledOut))
    yield { from: match.index, to: match.index + match[0].length };
};

/** E-mail addresses, also "name (at) example (dot) com", become `[email]`. */
export const maskEmails = (text: string): string => {
  const found: { readonly from: number; readonly to: number }[] = [];
  for (const { from, to } of joints(text)) {
    if (!domainStart.test(text.charAt(to))) continue;
    const start = localStart(text, from);
    if (start === from) continue;
    domain.lastIndex = to;
    const match = domain.exec(text);
    if (match !== null) found.push({ from: start, to: to + match[0].length });
  }
  if (found.length === 0) return text;
  const parts: string[] = [];
  let done = 0;
  for (const { from, to } of found.sort((a, b) => a.from - b.from)) {
    if (from < done) continue;
    parts.push(text.slice(done, from), '[email]');
    done = to;
  }
  return parts.join('') + text.slice(done);
};
