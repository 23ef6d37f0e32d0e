import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const services = fileURLToPath(new URL('../../services', import.meta.url));

const controllers = (): readonly string[] =>
  readdirSync(services)
    .map((service) => `${services}/${service}/src/http`)
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => `${folder}/${file}`))
    .filter((file) => file.endsWith('.controller.ts'));

const asExpression = (path: string): RegExp =>
  new RegExp(`^/${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);

/** Paths that the decorators of the services answer, a parameter standing for anything without a slash. */
export const doorsInCode = (): readonly RegExp[] =>
  controllers().flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    const root = /@Controller\('([^']*)'\)/.exec(source)?.[1] ?? '';
    return [...source.matchAll(/@(?:Get|Post|Put|Patch|Delete)\((?:'([^']*)')?\)/g)].map(([, path = '']) =>
      asExpression([root, path].filter((part) => part !== '').join('/')),
    );
  });
