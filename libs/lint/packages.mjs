import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The projects that may import a package in what runs in production; whatever is not named here is free. */
const homes = {
  'better-sqlite3': ['libs/eventing', 'libs/messaging', 'libs/read-models', 'libs/scheduling', 'libs/vault'],
  '@eventstore/db-client': ['libs/eventing', 'libs/testing'],
  '@grpc/grpc-js': ['libs/eventing', 'libs/testing'],
  kafkajs: ['libs/messaging', 'libs/testing'],
  mongoose: [
    'libs/messaging',
    'libs/read-models',
    'libs/scheduling',
    'libs/testing',
    'libs/vault',
    'services/all',
  ],
  testcontainers: ['libs/testing'],
  nodemailer: ['services/notifications'],
  'fast-xml-builder': ['services/intake', 'libs/platform'],
  'prom-client': ['services/all'],
  '@opentelemetry/sdk-trace': ['libs/platform'],
  '@opentelemetry/exporter-trace-otlp-http': ['libs/platform'],
  '@opentelemetry/resources': ['libs/platform'],
  '@opentelemetry/context-async-hooks': ['libs/platform'],
  fastify: ['services/all'],
  pino: ['libs/platform'],
  zod: ['libs/city', 'libs/contracts', 'libs/platform', 'services/all'],
  'class-validator': ['libs/platform', 'services/*'],
  'class-transformer': ['libs/platform', 'services/*'],
};

const root = new URL('../../', import.meta.url);

/** Every project, by its folder, with its tags: a new one is under the rules from its first day. */
const projects = ['libs', 'libs/domain', 'services'].flatMap((room) =>
  readdirSync(new URL(room, root)).flatMap((name) => {
    const file = new URL(`${room}/${name}/project.json`, root);
    return existsSync(file)
      ? [{ folder: `${room}/${name}`, tags: JSON.parse(readFileSync(file, 'utf8')).tags }]
      : [];
  }),
);

const isHome = (folder, home) => home === folder || (home === 'services/*' && folder.startsWith('services/'));

const own = '\\.{1,2}/';

/** Who may import nothing from outside, Node's own modules among it: by the type of the project. */
const closed = {
  'type:kernel': { regex: `^(?!${own})`, message: 'The kernel imports nothing.' },
  'type:domain': { regex: `^(?!${own}|@city311/)`, message: 'Domain code imports the kernel only.' },
  'type:contracts': {
    regex: `^(?!${own}|@city311/|zod$)`,
    message: 'Contracts import the kernel and zod only.',
  },
};

/** Rule options for one project: the packages that are at home elsewhere, and the environment. */
const restricted = ({ folder, tags }) => {
  const elsewhere = Object.entries(homes).filter(([, at]) => !at.some((home) => isHome(folder, home)));
  return {
    paths: ['process', 'node:process'].map((name) => ({
      name,
      message: 'Settings are read in config.ts only.',
    })),
    patterns: [
      ...elsewhere.map(([name, at]) => ({
        group: [name, `${name}/**`],
        message: `${name} is for ${at.join(', ')}.`,
      })),
      ...tags.flatMap((tag) => closed[tag] ?? []),
    ],
  };
};

/** One block for each project, for the files that `ignores` leaves. */
export const packageRules = (ignores) =>
  projects.map((project) => ({
    files: [`${project.folder}/**/*.ts`],
    ignores,
    rules: { '@typescript-eslint/no-restricted-imports': ['error', restricted(project)] },
  }));
