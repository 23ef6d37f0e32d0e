/** Topic names, and the event-store category that each is fed from. Key of every message = case number
 * (of a call, which may have no case: its stream). */
export const topics = {
  case: { name: 'city311.intake.case.v1', category: 'intake.case' },
  call: { name: 'city311.intake.call.v1', category: 'intake.call' },
  routing: { name: 'city311.routing.case.v1', category: 'routing.case' },
  workOrder: { name: 'city311.departments.workorder.v1', category: 'departments.workorder' },
  notice: { name: 'city311.notifications.notice.v1', category: 'notifications.notice' },
  /** Who follows what: for the views of its own service only. */
  subscription: { name: 'city311.notifications.subscription.v1', category: 'notifications.subscription' },
} as const;
