/** Topic names, and the event-store category that each is fed from. Key of every message = case number. */
export const topics = {
  case: { name: 'city311.intake.case.v1', category: 'intake.case' },
  routing: { name: 'city311.routing.case.v1', category: 'routing.case' },
  workOrder: { name: 'city311.departments.workorder.v1', category: 'departments.workorder' },
  notice: { name: 'city311.notifications.notice.v1', category: 'notifications.notice' },
} as const;
