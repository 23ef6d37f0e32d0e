/**
 * Words of a text as search sees them: runs of letters, marks and digits, in small letters, Latin accents off.
 * One rule for every adapter, for the text stored and the text asked for.
 */
export const searchWords = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
