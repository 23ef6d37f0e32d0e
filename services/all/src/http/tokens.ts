export const STATUS = Symbol('Status');
