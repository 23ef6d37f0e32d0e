/** Somebody whose every detail can be searched for: nothing of it occurs in what the system itself says. */
export interface Resident {
  readonly contact: Readonly<Record<string, unknown>>;
  readonly description: string;
  readonly address: string;
  readonly details: readonly string[];
}

export const ada: Resident = {
  contact: {
    firstName: 'Adalindis',
    lastName: 'Quigglesworth',
    email: 'adalindis.q@example.org',
    phone: '617-555-0137',
    consent: true,
  },
  description: 'A zebra-striped hole swallowed my velocipede; ring 617-555-0137',
  address: '25 Newbury St',
  details: ['Adalindis', 'Quigglesworth', 'adalindis', '555-0137', '6175550137', 'velocipede', 'Newbury'],
};

export const reportOf = (resident: Resident, id: string) => ({
  specversion: '1.0',
  id,
  source: 'urn:observability',
  type: 'city311.report.submitted.v1',
  data: {
    serviceCode: 'REQPOTHL',
    description: resident.description,
    location: { latitude: 42.3479, longitude: -71.0745, address: resident.address },
    contact: resident.contact,
  },
});
