/** Small letters, no accents, everything that is no letter or digit a single space. */
export const plainWords = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/đ/gi, 'd')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ');

interface Entry {
  readonly say: string;
  readonly except?: readonly string[] | undefined;
}

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const hanScript = /\p{Script=Han}/u;

/**
 * A finder of words that call for the emergency number, over all languages at once: people write in one language
 * and choose another. Answers each found phrase once, in the list's spelling; empty for nearly every text.
 * Chinese is found anywhere, other scripts at word borders; a phrase inside one of its `except` phrases is passed over.
 */
export const emergencyWordFinder = (
  words: Readonly<Record<string, readonly Entry[]>>,
): ((text: string) => readonly string[]) => {
  const entries = new Map<string, readonly string[]>();
  for (const { say, except } of Object.values(words).flat()) {
    entries.set(plainWords(say).trim(), [
      ...(entries.get(plainWords(say).trim()) ?? []),
      ...(except ?? []).map((phrase) => plainWords(phrase).trim()),
    ]);
  }
  const phrases = [...entries.keys()].sort((a, b) => b.length - a.length);
  const anywhere = phrases.filter((phrase) => hanScript.test(phrase)).map(escape);
  const atBorders = phrases.filter((phrase) => !hanScript.test(phrase)).map(escape);
  const pattern = new RegExp(
    [`(?<= )(?:${atBorders.join('|')})(?= )`, ...(anywhere.length > 0 ? [anywhere.join('|')] : [])].join('|'),
    'gu',
  );
  return (text) => {
    const plain = ` ${plainWords(text)} `;
    const found = new Set<string>();
    for (const match of plain.matchAll(pattern)) {
      const [phrase] = match;
      const excepted = (entries.get(phrase) ?? []).some((except) => {
        const at = except.indexOf(phrase);
        return at >= 0 && plain.startsWith(`${except} `, match.index - at);
      });
      if (!excepted) found.add(phrase);
    }
    return [...found];
  };
};
