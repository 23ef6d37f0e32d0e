const gap = '[\\s.\\-/\\u2010-\\u2015\\u2212]';
const extension = '(?:\\s{0,2}[,;]?\\s{0,2}(?:x|ext\\.?|extension)\\s{0,2}[.:#]?\\s?\\d{1,6}\\b)?';
const start = '(?<![\\p{L}\\p{N}$#\\]]|\\d[.,:/-])';
const end = '(?!\\d|[-.,:/]\\d|[A-Za-z])';

/** 617-555-0100, (617) 555-0100, +1.617.555.0100, 1 617 555 0100. With spaces alone only where the digits make a number of the US. */
const written = new RegExp(
  `${start}(?:\\+?1${gap}{0,2})?(?:\\(\\s?\\d{3}\\s?\\)${gap}{0,3}\\d{3}${gap}{0,2}|\\d{3}(?:[.\\-/\\u2010-\\u2015\\u2212]\\s?|\\s[.\\-/\\u2010-\\u2015\\u2212]\\s?)\\d{3}${gap}{1,2}|[2-9]\\d{2}\\s{1,2}[2-9]\\d{2}${gap}{1,3})\\d{4}${extension}${end}`,
  'giu',
);
/** +44 20 7946 0000: country code, then 6 to 14 digits. */
const abroad = new RegExp(
  `(?<![\\p{L}\\p{N}+])\\+[1-9](?:[\\s.()-]{0,2}\\d){7,14}${extension}(?!\\d)`,
  'giu',
);
/** 6175550100, 16175550100. */
const bare = new RegExp(`${start}1?[2-9]\\d{2}[2-9]\\d{6}${extension}${end}`, 'giu');
/** 555-0100; with a blank or nothing between only after a word that calls for a number. */
const local = new RegExp(`${start}[2-9]\\d{2}[-\\u2010-\\u2015]\\d{4}${extension}${end}`, 'giu');
const localAfterWord = new RegExp(
  `(?<=\\b(?:call|text|phone|telephone|tel|cell|mobile|fax)[\\s.:#]{1,3}(?:(?:me|us|him|her|them|number|no|num|is|at|back|on)[\\s.:#]{1,3}){0,3})[2-9]\\d{2}[\\s.]?\\d{4}${extension}${end}`,
  'giu',
);
const socialSecurity = /(?<![\p{L}\p{N}-])\d{3}-\d{2}-\d{4}(?![\p{L}\p{N}-])/gu;
const socialSecurityAfterWord =
  /(?<=\b(?:ssn|social security)[\s:#]{1,3}(?:(?:number|no|is)[\s:#.]{1,3}){0,2})\d{3}[\s.]?\d{2}[\s.]?\d{4}(?!\d)/giu;

const numberOfAThing =
  /(?:\b(?:case|cart|barrel|serial|crm|ticket|order|invoice|permit|account|acct|meter|pole|lamp|sr|wo|asset|id|parcel)\b[\s\w]{0,10}[:#.]{0,2}\s{0,2}|#\s{0,2}|[/=:])$/iu;
const phoneWord = /\b(?:phone|telephone|tel|cell|mobile|fax|call)\b[\s\w]{0,10}[:#.]{0,2}\s{0,2}$/iu;

/** Digits in a row are a phone number unless the words before make them the number of a thing. */
const maskBare = (text: string): string =>
  text.replace(bare, (match, offset: number) => {
    const before = text.slice(Math.max(0, offset - 32), offset);
    return numberOfAThing.test(before) && !phoneWord.test(before) ? match : '[phone]';
  });

/** Phone numbers become `[phone]`, what looks like a social security number `[ssn]`. */
export const maskNumbers = (text: string): string =>
  maskBare(
    text
      .replace(socialSecurity, '[ssn]')
      .replace(socialSecurityAfterWord, '[ssn]')
      .replace(written, '[phone]')
      .replace(abroad, '[phone]'),
  )
    .replace(local, '[phone]')
    .replace(localAfterWord, '[phone]');
