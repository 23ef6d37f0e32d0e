const drivers = ['kafkajs', 'mongoose', 'better-sqlite3', '@eventstore/db-client'];

/** Which kind of project may import which; kept in step with the table in README.md. */
export const boundaries = {
  enforceBuildableLibDependency: false,
  allow: [],
  banTransitiveDependencies: false,
  allowCircularSelfDependency: true,
  checkDynamicDependenciesExceptions: ['.*'],
  depConstraints: [
    { sourceTag: 'type:kernel', onlyDependOnLibsWithTags: [], bannedExternalImports: ['*'] },
    { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:kernel'], bannedExternalImports: [...drivers, '@nestjs/*', 'zod', 'pino'] },
    { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: ['type:kernel'], bannedExternalImports: [...drivers, '@nestjs/*'] },
    {
      sourceTag: 'type:adapter',
      onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts', 'type:adapter', 'type:test'],
    },
    {
      sourceTag: 'type:service',
      onlyDependOnLibsWithTags: ['type:kernel', 'type:contracts', 'type:adapter', 'type:domain', 'type:test'],
      bannedExternalImports: drivers,
    },
    { sourceTag: 'type:composition', onlyDependOnLibsWithTags: ['*'] },
    { sourceTag: 'type:test', onlyDependOnLibsWithTags: ['*'] },
    ...['intake', 'routing', 'departments', 'notifications', 'portal'].map((scope) => ({
      sourceTag: `scope:${scope}`,
      onlyDependOnLibsWithTags: [`scope:${scope}`, 'scope:shared'],
    })),
    { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
    { sourceTag: 'scope:all', onlyDependOnLibsWithTags: ['*'] },
  ],
};
