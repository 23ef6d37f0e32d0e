const drivers = ['kafkajs', 'mongoose', 'better-sqlite3', '@eventstore/db-client'];
const scopes = ['intake', 'routing', 'departments', 'notifications', 'portal'];

/** Which kind of project may import which, and which packages are not for it; the table in README.md says the same. */
const rows = [
  { sourceTag: 'type:kernel', onlyDependOnLibsWithTags: [], bannedExternalImports: ['*'] },
  {
    sourceTag: 'type:domain',
    onlyDependOnLibsWithTags: ['type:kernel', 'type:domain'],
    bannedExternalImports: ['*'],
  },
  {
    sourceTag: 'type:contracts',
    onlyDependOnLibsWithTags: ['type:kernel'],
    bannedExternalImports: [...drivers, '@nestjs/*', 'pino', 'class-validator'],
  },
  {
    sourceTag: 'type:adapter',
    // Which driver is at home in which adapter is packages.mjs's to say.
    onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts', 'type:adapter'],
  },
  {
    sourceTag: 'type:service',
    onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts', 'type:adapter', 'type:domain'],
    bannedExternalImports: drivers,
  },
  { sourceTag: 'type:composition', onlyDependOnLibsWithTags: ['*'], bannedExternalImports: drivers },
  { sourceTag: 'type:test', onlyDependOnLibsWithTags: ['*'] },
  ...scopes.map((scope) => ({
    sourceTag: `scope:${scope}`,
    onlyDependOnLibsWithTags: [`scope:${scope}`, 'scope:shared'],
  })),
  { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
  { sourceTag: 'scope:all', onlyDependOnLibsWithTags: ['*'] },
];

const options = {
  enforceBuildableLibDependency: false,
  allowCircularSelfDependency: true,
  // The contract suites of libs/testing know the ports, and the specs beside the adapters know the suites.
  ignoredCircularDependencies: [['testing', '*']],
};

/** For what runs in production. */
export const boundaries = { ...options, depConstraints: rows };

/** Specs may also use libs/testing, the runner, and the drivers of what they test. */
export const specBoundaries = {
  ...options,
  depConstraints: rows.map(({ bannedExternalImports: _, onlyDependOnLibsWithTags, ...row }) => ({
    ...row,
    onlyDependOnLibsWithTags: row.sourceTag.startsWith('type:')
      ? [...onlyDependOnLibsWithTags, 'type:test', 'type:kernel', 'type:adapter']
      : onlyDependOnLibsWithTags,
  })),
};
