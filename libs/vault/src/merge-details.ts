import type { ContactDetails } from './vault.js';

const members = ['email', 'phone', 'firstName', 'lastName', 'consent', 'language'] as const;

/** Newer details over older ones; what the newer ones leave out or leave empty stays. */
export const mergeDetails = (older: ContactDetails, newer: ContactDetails): ContactDetails => {
  const given = Object.entries(newer).filter(([, value]) => value !== undefined && value !== '');
  return { ...older, ...Object.fromEntries(given) };
};

export const sameDetails = (one: ContactDetails, other: ContactDetails): boolean =>
  members.every((member) => one[member] === other[member]);
