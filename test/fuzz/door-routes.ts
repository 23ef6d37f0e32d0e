import type { Door } from './doors.js';

export interface Route {
  readonly method: string;
  /** With the names of its parameters: `/api/cases/:number`. */
  readonly url: string;
}

const matcherOf = (url: string): RegExp =>
  new RegExp(`^${url.replace(/[.+]/g, String.raw`\$&`).replace(/:[A-Za-z]+/g, '[^/]+')}$`, 'u');

/** The route that answers a door; those without parameters stand first, as the router has it. */
export const routeOf = ({ method, path }: Door, routes: readonly Route[]): Route | undefined =>
  [...routes]
    .sort((one, other) => one.url.split(':').length - other.url.split(':').length)
    .find((route) => route.method === method && matcherOf(route.url).test(path.split('?')[0] ?? ''));
