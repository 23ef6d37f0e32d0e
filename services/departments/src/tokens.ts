export const WORK_ORDER_HANDLER = Symbol('WorkOrderHandler');
export const WORK_ORDERS = Symbol('View<WorkOrderRow>');
export const CASE_WORK = Symbol('CaseWork');
export const INBOX = Symbol('Inbox');
export const INBOX_BELL = Symbol('InboxBell');
export const WORK_ORDER_DESK = Symbol('WorkOrderDesk');
export const DUE_TIMERS = Symbol('TimerRunner');
