export const CASE_ROUTING_HANDLER = Symbol('CaseRoutingHandler');
export const CASE_ROUTER = Symbol('CaseRouter');
export const ROUTABLE_CASES = Symbol('View<RoutableCase>');
export const OPEN_CASES = Symbol('OpenCases');
export const RULE_SETS = Symbol('RuleSets');
export const KNOWN_CASES = Symbol('KnownCases');
export const ROUTING_HISTORY = Symbol('RoutingHistory');
export const TRIAGE_DESK = Symbol('TriageDesk');
