import type { ContactDetails } from './vault.js';

/** Trimmed, in small letters; undefined where nothing is left. */
export const normaliseEmail = (email: string | undefined): string | undefined => {
  const address = email?.trim().toLowerCase().normalize('NFC');
  return address === '' ? undefined : address;
};

const international = /^[\s(]*\+/;

/**
 * Digits with country code, as in E.164 but without the plus; ten digits are taken as a number of the United
 * States. Extensions do not count. Undefined under seven digits.
 */
export const normalisePhone = (phone: string | undefined): string | undefined => {
  if (phone === undefined) return undefined;
  const [main = ''] = phone
    .normalize('NFKC')
    .toLowerCase()
    .split(/[x#;,]|ext/, 1);
  const digits = main.replace(/\D/g, '').replace(/^0(?:0|11)/, '');
  if (digits.length < 7) return undefined;
  return digits.length === 10 && !international.test(main) ? `1${digits}` : digits;
};

export interface Lookups {
  readonly email?: Buffer;
  readonly phone?: Buffer;
}

/** Keyed hashes by which a person is found; without the key nobody can try out addresses against them. */
export const lookupsOf = (
  keyedHash: (text: string) => Buffer,
  by: Pick<ContactDetails, 'email' | 'phone'>,
): Lookups => {
  const email = normaliseEmail(by.email);
  const phone = normalisePhone(by.phone);
  return {
    ...(email === undefined ? {} : { email: keyedHash(`email:${email}`) }),
    ...(phone === undefined ? {} : { phone: keyedHash(`phone:${phone}`) }),
  };
};
