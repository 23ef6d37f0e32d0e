/** Words that a plate may follow; `strong` ones are about vehicles and nothing else. */
const keyword =
  /(?<![[\p{L}\p{N}])(?:(?<strong>licen[sc]e\s{1,2}plates?|lic\.?\s{0,2}plates?|number\s?plates?|(?:MA|Mass\.?|NH|RI|CT|ME|VT|NY)\s{1,2}(?:reg|registration|plates?|tags?)|plates?\s{0,2}#|plates?\s(?:number|no\b|num\b))|plates?|licen[sc]e|lic|registration|reg|tag(?=\s{0,2}(?:#|no\b|num)))(?![\p{L}\p{N}])/giu;
const filler =
  /(?:[\s.:#="'(-]{1,3}(?:number|num|no|is|was|are|reads?|says|if|available|known|state|of|MA|Mass|Massachusetts|NH|RI|CT|ME|VT|NY|NJ|PA|FL)(?![\p{L}\p{N}])){0,5}[\s.:#="'(-]{0,4}/iuy;
const state = /^(?:MA|NH|RI|CT|ME|VT|NY|NJ|PA|FL)$/u;

const end = '(?![\\p{L}\\p{N}]|[/:.,]\\d|-\\p{L})';
/** 1ABC23, ABC123, 1ABC 23 */
const mixed = new RegExp(
  `(?=\\p{L}{0,7}\\d)(?=\\d{0,7}[A-Za-z])(?:[A-Za-z0-9]{4}[ -](?=[A-Za-z]?\\d)[A-Za-z0-9]{2}|[A-Za-z0-9]{4,8})${end}`,
  'uy',
);
/** 123 ABC, ABC 123, 12-AB-34; small letters only where nothing follows that they could belong to. */
const split = new RegExp(
  `(?:\\d{1,4}[ -][A-Z]{2,3}(?:[ -]\\d{1,3})?|[A-Z]{2,3}[ -]\\d{2,4}|(?:\\d{2,4}[ -][a-z]{2,3}|[a-z]{2,3}[ -]\\d{2,4})(?=\\s{0,2}(?:$|[.,;|)!?])))${end}`,
  'uy',
);
const digits = new RegExp(
  `\\d{4,7}${end}(?!\\s{1,2}\\p{L}+\\s(?:st|street|ave|avenue|rd|road|sq|way|dr|ln|pl)\\b)`,
  'iuy',
);
const measure =
  /^(?:\d+(?:st|nd|rd|th|am|pm|ft|in|hrs?|mins?|days?|yrs?|lbs?|mph|k)|\d+x\d+|\d+[a-z]?\d*(?:ft|in))$/iu;
const words = /^\d{1,4}[ -](?:AM|PM|ST|RD|FT|IN|AVE|MPH|LBS|HRS|OF|ON|AT|TO|BY|AND|THE|CAR|DAY|VAN)$/iu;
/** A plate of letters alone, where a sign shows that a number was asked for. */
const vanity = /(?<=[#:]\s{0,2})[A-Z]{4,7}(?=\s{0,2}(?:$|[.,;|)]))/uy;
const noPlate = /^(?:UNKNOWN|NONE|UNSURE|MISSING|BLANK|EXPIRED|STATE|NOPLATE|NOTE)$/u;

const plateAt = (text: string, at: number, kinds: readonly RegExp[]): string | null => {
  for (const kind of kinds) {
    kind.lastIndex = at;
    const token = kind.exec(text)?.[0];
    if (token === undefined || measure.test(token) || words.test(token)) continue;
    if (kind === vanity && noPlate.test(token)) continue;
    return token;
  }
  return null;
};

const next = /\s?(?:[,;&/]|\b(?:and|or)\b)?\s?(?:(?<state>MA|NH|RI|CT|ME|VT|NY|NJ|PA|FL)[\s:-]{1,3})?/uy;

/** Start and end of a further plate of a list: "1ABC23, NH 4567 and 2DEF45". */
const another = (text: string, from: number): { readonly at: number; readonly to: number } | null => {
  next.lastIndex = from;
  const match = next.exec(text);
  if (match === null || match[0].trim() === '') return null;
  const at = from + match[0].length;
  const token = plateAt(text, at, match.groups?.['state'] === undefined ? [mixed] : [split, mixed, digits]);
  return token === null ? null : { at, to: at + token.length };
};

/** Plates that the words before them make recognisable become `[plate]`. */
export const maskPlates = (text: string): string => {
  const parts: string[] = [];
  let done = 0;
  keyword.lastIndex = 0;
  for (let match = keyword.exec(text); match !== null; match = keyword.exec(text)) {
    filler.lastIndex = keyword.lastIndex;
    const at = keyword.lastIndex + (filler.exec(text)?.[0].length ?? 0);
    const token =
      at === keyword.lastIndex
        ? null
        : plateAt(
            text,
            at,
            match.groups?.['strong'] === undefined ? [split, mixed] : [split, mixed, digits, vanity],
          );
    if (token === null || state.test(token)) continue;
    parts.push(text.slice(done, at), '[plate]');
    done = at + token.length;
    for (let more = another(text, done); more !== null; more = another(text, done)) {
      parts.push(text.slice(done, more.at), '[plate]');
      done = more.to;
    }
    keyword.lastIndex = done;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(done);
};
