import { readFileSync } from 'node:fs';

const { compilerOptions } = JSON.parse(
  readFileSync(new URL('./tsconfig.base.json', import.meta.url), 'utf8'),
);
const swc = JSON.parse(readFileSync(new URL('./.swcrc', import.meta.url), 'utf8'));

const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, $schema: undefined, exclude: [], swcrc: false }] },
  moduleNameMapper: {
    ...Object.fromEntries(
      Object.entries(compilerOptions.paths).map(([name, [path]]) => [
        `^${name}$`,
        path.replace('./', '<rootDir>/'),
      ]),
    ),
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['/dist/', '/fixtures/', '<rootDir>/.nx/', '<rootDir>/.data/'],
};

export default {
  maxWorkers: 2,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{libs,services,test}/**/*.spec.ts'],
      testPathIgnorePatterns: ['/dist/', '\\.(int|engine|cluster|scenario)\\.spec\\.ts$'],
    },
    { ...shared, displayName: 'int', testMatch: ['<rootDir>/{libs,services,test}/**/*.int.spec.ts'] },
    { ...shared, displayName: 'engines', testMatch: ['<rootDir>/{libs,services,test}/**/*.engine.spec.ts'] },
    { ...shared, displayName: 'cluster', testMatch: ['<rootDir>/test/**/*.cluster.spec.ts'] },
    { ...shared, displayName: 'scenarios', testMatch: ['<rootDir>/{services,test}/**/*.scenario.spec.ts'] },
  ],
};
