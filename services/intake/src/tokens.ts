export const RECEIPT_SWEEP = Symbol('ReceiptSweep');
export const EVENT_INTAKE = Symbol('EventIntake');
export const CASE_LOOKUP = Symbol('CaseLookup');
export const REPORT_INTAKE = Symbol('ReportIntake');
export const INCIDENTS = Symbol('IncidentHandler');
export const CASE_HANDLER = Symbol('CaseHandler');
export const CASE_NUMBERS = Symbol('CaseNumbers');
export const CASE_REFERENCES = Symbol('View<CaseReferencesDoc>');
