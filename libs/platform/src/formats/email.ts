import { isEmail } from 'class-validator';

import { cleanCode, textFault } from '../text-rules.js';
import type { Format } from './format.js';

const fault = 'must be an e-mail address, such as name@example.org';
const maxLength = 254;

/**
 * One e-mail address, without a display name. Normal form: as it was written, composed (NFC), without blanks around it
 * and without what cannot be seen; whether capitals count is the vault's to say.
 */
export const email: Format = {
  name: 'email',
  read: (given) => {
    if (typeof given !== 'string' || given.length > 2 * maxLength) return { fault };
    const value = cleanCode(given);
    return textFault(value, maxLength) === null && isEmail(value) ? { value } : { fault };
  },
};
