export const SERVICE_REQUESTS = Symbol('View<ServiceRequestDoc>');
