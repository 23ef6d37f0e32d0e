/** What runs as processes of its own (TARGET), in the order in which a report goes through them. */
export const serviceNames = ['intake', 'relay', 'routing', 'departments', 'notifications', 'portal'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** As the chart's ingress has it: whoever owns the longest beginning of a path answers it; all else is the portal's. */
export const pathsOf: Readonly<Record<ServiceName, readonly string[]>> = {
  intake: ['/events', '/open311', '/api/cases', '/api/calls', '/api/menu', '/api/surge'],
  // From the event store to Kafka; nobody asks it but operators.
  relay: [],
  routing: ['/api/routing'],
  departments: ['/api/work-orders'],
  notifications: ['/api/subscriptions', '/api/notices', '/unsubscribe'],
  portal: ['/'],
};

const begins = (path: string, prefix: string): boolean =>
  path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);

/** @param path  without its query */
export const serviceFor = (path: string): ServiceName =>
  serviceNames.find(
    (service) => service !== 'portal' && pathsOf[service].some((prefix) => begins(path, prefix)),
  ) ?? 'portal';
