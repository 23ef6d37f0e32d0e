import { cleanCode } from '../text-rules.js';
import type { Format } from './format.js';

const fault = 'must be a phone number, such as 617-555-0142, +1 617 555 0142 or 617-555-0142 ext. 5';

const main = /^\(?\+?[\d ()./-]*\d\)?$/;
/** Written out, or as a telephone dials it: after a pause. */
const extension = /[ ,;]*(?:(?:\b(?:ext|extension)\b|ext|x|#)[ .:=#]*|[,;] *)\d{1,6}#?$/i;
const fewest = 7;
/** E.164 has fifteen digits at most. */
const most = 15;

const isPhone = (text: string): boolean => {
  const number = text.replace(extension, '');
  const digits = number.replace(/\D/g, '').replace(/^0(?:0|11)/, '').length;
  return main.test(number) && digits >= fewest && digits <= most;
};

/**
 * A phone number with or without an extension, as people write it, or as a web address (RFC 3966). Normal form: as it was written, its blanks,
 * hyphens and digits plain ones, without `tel:` and what cannot be seen; by which digits somebody is found is the vault's to say.
 */
export const phone: Format = {
  name: 'phone',
  read: (given) => {
    if (typeof given !== 'string' || given.length > 60) return { fault };
    // Compatible forms: full-width digits and parentheses of Asian keyboards among them.
    const value = cleanCode(given.normalize('NFKC'))
      .replace(/[\u2010-\u2015\u2212]/g, '-')
      .replace(/^tel: */i, '');
    return isPhone(value) ? { value } : { fault };
  },
};
