/** Small letters, no accents, everything that is no letter or digit a single space. */
export const plainWords = (text: string): string =>
  asciiOnly.test(text) ? text.toLowerCase().replace(/[^a-z0-9]+/g, ' ') : plainUnicode(text);

const asciiOnly = /^[\x20-\x7e\s]*$/;

const plainUnicode = (text: string): string =>
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

const hanScript = /\p{Script=Han}/u;

/**
 * A finder of words that call for the emergency number, over all languages at once: people write in one language
 * and choose another. Answers each found phrase once, in the list's spelling; empty for nearly every text.
 * Chinese is found anywhere, other scripts at word borders; a phrase inside one of its `except` phrases is passed over.
 */
export const emergencyWordFinder = (
  words: Readonly<Record<string, readonly Entry[]>>,
): ((text: string) => readonly string[]) => {
  const exceptions = new Map<string, string[]>();
  for (const { say, except } of Object.values(words).flat()) {
    const phrase = plainWords(say).trim();
    const known = exceptions.get(phrase) ?? [];
    exceptions.set(phrase, [...known, ...(except ?? []).map((text) => plainWords(text).trim())]);
  }
  const phrases = [...exceptions.keys()];
  const anywhere = phrases.filter((phrase) => hanScript.test(phrase));
  const byFirstWord = Map.groupBy(
    phrases.filter((phrase) => !hanScript.test(phrase)),
    (phrase) => phrase.split(' ')[0] ?? '',
  );
  const excepted = (plain: string, phrase: string, start: number): boolean =>
    (exceptions.get(phrase) ?? []).some((except) => {
      const at = except.indexOf(phrase);
      return plain.startsWith(` ${except} `, start - at - 1);
    });

  return (text) => {
    const plain = ` ${plainWords(text)} `;
    const found = new Set<string>();
    for (let start = 0; start < plain.length;) {
      const end = plain.indexOf(' ', start);
      if (end < 0) break;
      for (const phrase of byFirstWord.get(plain.slice(start, end)) ?? []) {
        if (plain.startsWith(`${phrase} `, start) && !excepted(plain, phrase, start)) found.add(phrase);
      }
      start = end + 1;
    }
    if (!asciiOnly.test(text)) {
      for (const phrase of anywhere) if (plain.includes(phrase)) found.add(phrase);
    }
    return [...found];
  };
};
