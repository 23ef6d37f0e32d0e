import {
  createParamDecorator,
  Inject,
  Injectable,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import type { ApiKey, ApiKeys } from '@city311/vault';

import { API_KEYS } from './engines.js';
import { problem, unauthorized } from './problem.js';

/** The kind of a role: `department:PWDx` is of kind `department`. */
export type RoleKind = 'channel' | 'importer' | 'operator' | 'department';

const ROLES = 'city311:roles';

/** Who may call this; without it a route is open to all. */
export const Roles = (...kinds: readonly RoleKind[]): MethodDecorator & ClassDecorator =>
  SetMetadata(ROLES, kinds);

export const roleKind = (key: ApiKey): RoleKind => {
  const [kind] = key.role.split(':');
  return kind === 'department' || kind === 'importer' || kind === 'operator' ? kind : 'channel';
};

/** Department that a `department:<id>` key speaks for; null for every other role. */
export const departmentOf = (key: ApiKey): string | null =>
  key.role.startsWith('department:') ? key.role.slice('department:'.length) : null;

interface Request {
  readonly headers: Readonly<Record<string, string | undefined>>;
  caller?: ApiKey;
}

/** The API key's name and role, put there by the guard. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): ApiKey => {
  const { caller } = context.switchToHttp().getRequest<Request>();
  if (caller === undefined) throw unauthorized('key-missing', 'An API key is needed');
  return caller;
});

/** The key of an `Authorization: Bearer` header; undefined where there is none. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];

/** Keys that somebody looked up before the guard is asked, by their request; null where one was refused. */
export const presented = new WeakMap<object, ApiKey | null>();

@Injectable()
export class KeyGuard implements CanActivate {
  constructor(
    @Inject(API_KEYS) private readonly keys: ApiKeys,
    @Inject(Reflector) private readonly reflector: Reflector,
    /** Hears that a known key asked for what its role may not do. */
    private readonly onRoleRefused: () => void = () => undefined,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const kinds = this.reflector.getAllAndOverride<readonly RoleKind[] | undefined>(ROLES, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (kinds === undefined) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const key = bearerOf(request.headers.authorization);
    if (key === undefined)
      throw unauthorized('key-missing', 'An API key is needed: Authorization: Bearer <key>');
    const known = presented.get(request);
    const caller = known === undefined ? await this.keys.verify(key) : known;
    if (caller === null)
      throw unauthorized('key-unknown', 'This API key is not known, was revoked or has expired');
    if (!kinds.includes(roleKind(caller))) {
      this.onRoleRefused();
      throw problem(403, 'role', `A key of role ${caller.role} may not do this`);
    }
    request.caller = caller;
    return true;
  }
}
