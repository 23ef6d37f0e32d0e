import { assertNever } from '@city311/kernel';
import type { RoutingEvent } from '@city311/contracts';
import type { RouteCase, Route } from '@city311/domain-intake';

const routeOf = (event: RoutingEvent): Route => {
  switch (event.type) {
    case 'routing.RouteDecided.v1': {
      const { caseNumber: _case, ruleSetVersion: _version, decidedAt: _at, ...route } = event.data;
      return route;
    }
    case 'routing.SentToTriage.v1': {
      const { caseNumber: _case, reason, decidedAt: _at, ...route } = event.data;
      return { ...route, basis: 'triage', priority: reason === 'emergency-words' ? 'emergency' : 'normal' };
    }
    case 'routing.FoundOutsideCity.v1': {
      const { departmentId, queue, explanation } = event.data;
      return { basis: 'outside-city', agency: 'outside the city', departmentId, queue, explanation };
    }
    case 'routing.ImportedRouteNoted.v1': {
      const { departmentId, queue, dueAt, districts } = event.data;
      return { basis: 'imported', departmentId, queue, dueAt, districts };
    }
    default:
      return assertNever(event);
  }
};

/** What routing decided becomes public: every routing event leads to a RouteCase; the case knows which it followed. */
export const followRouting = (event: RoutingEvent): RouteCase => ({
  type: 'RouteCase',
  data: {
    caseNumber: event.data.caseNumber,
    route: routeOf(event),
    decision: event.sequence,
    routedAt: event.data.decidedAt,
  },
});
