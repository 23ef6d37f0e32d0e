import { cleanCode, textFault } from '../text-rules.js';
import type { Format } from './format.js';

const maxLength = 100;
/** What no cleaning makes short enough costs nothing before it is refused. */
const maxUnits = 64 * maxLength;

/**
 * A person's name or a part of it, in any script; empty where a form left it so. Normal form: composed (NFC), on one
 * line, each run of blanks and line breaks a single blank, none at the ends.
 */
export const personName: Format = {
  name: 'person-name',
  read: (given) => {
    const value =
      typeof given === 'string' && given.length <= maxUnits ? cleanCode(given).replace(/ +/g, ' ') : given;
    const fault = textFault(value, maxLength);
    return typeof value === 'string' && fault === null
      ? { value }
      : { fault: `must be a name, such as Ana Lima (${fault ?? 'must be text'})` };
  },
};
