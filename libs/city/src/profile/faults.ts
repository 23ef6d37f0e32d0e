/** What is wrong in a profile and where: `catalogue.services[3].rule`. */
export interface ProfileFault {
  readonly path: string;
  readonly message: string;
}

/** A city profile cannot be used; `faults` lists everything that was found, not only the first. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
  constructor(
    readonly city: string,
    readonly faults: readonly ProfileFault[],
  ) {
    super(
      `the profile of ${city} has ${faults.length} faults:\n` +
        faults.map(({ path, message }) => `  ${path}: ${message}`).join('\n'),
    );
  }
}
