interface Person {
  readonly email?: string;
  readonly phone?: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

const isGiven = (text: string | undefined): boolean => text !== undefined && text !== '';

const canBeFound = ({ email, phone }: Person): boolean => isGiven(email) || isGiven(phone);

/** Whether details say who somebody is: by an address, a phone, or a name and no more. */
export const saysWho = (person: Person | undefined): person is Person =>
  person !== undefined && (canBeFound(person) || isGiven(person.firstName) || isGiven(person.lastName));

/** Whether they say no more than a name, by which nobody is found again: each time makes another contact. */
export const saysNameOnly = (person: Person | undefined): boolean => saysWho(person) && !canBeFound(person);
