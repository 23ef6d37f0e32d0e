import type { Outcome } from '@city311/kernel';

/**
 * The words with which Boston's older system names an outcome, and the codes of its inspection system.
 * A label that begins with another one stands before it.
 * Source: the city's published closing texts, 2011 to 2024; what each outcome means is our reading.
 */
export const closureLabels: readonly (readonly [label: string, outcome: Outcome])[] = [
  ['Case Resolved', 'resolved'],
  ['Case Noted', 'noted'],
  ['Case Invalid', 'invalid'],
  ['Case Scheduled', 'scheduled'],
  ['Case Referred to External Agency', 'referred'],
  ['Duplicate of Existing Case', 'duplicate'],
  // Closed by the pickup calendar: the item was on the truck's list of that day.
  ['Bulk Item Automation', 'resolved'],
  ['Internal Case', 'other'],
  ['Case Closed in AVRS', 'other'],
  ['Case Closed', 'other'],
  ['Resolved', 'resolved'],
  ['Noted', 'noted'],
  ['Invalid', 'invalid'],
  ['ABATED: Abatement Issued', 'resolved'],
  ['ADCLSD: Administratively Closed', 'other'],
  ['CAUSE: Full Inspection to be conducte', 'noted'],
  ['CLOSED: Closed/No Permit', 'other'],
  ['CORR: Corrected', 'resolved'],
  ['NEWOWN: Closed-New Owner', 'other'],
  ['NOACC: Closed-No Access', 'other'],
  ['NOBASE: No Basis', 'invalid'],
  ['NOVIO: No Violation Found/No Cause', 'noted'],
  ['PERMIS: Permit Issued', 'resolved'],
  ['REINSP: Issues Found  Re-Inspection', 'noted'],
  ['ROA: Refer to Other Agency/Division', 'referred'],
  ['TFA: Tenant Failed Apt\\Was Not Home', 'other'],
  ['TICKET: Ticket Issued', 'resolved'],
  ['TSOP: Stop Work/TSOP/Condemnation', 'resolved'],
  ['VIOCOR: Violation Corrected', 'resolved'],
  ['VIOISS: Violation Filed', 'resolved'],
  ['VIOLFND: Violation Found', 'noted'],
  // Code and description both empty.
  [':', 'other'],
];
