import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

import { boundaries, specBoundaries } from './boundaries.mjs';
import { packageRules } from './packages.mjs';

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');

/** Specs and what stands beside them for their sake. */
const forSpecs = [
  '**/*.spec.ts',
  '**/*.spec-support.ts',
  '**/*.examples.ts',
  'libs/*/test/**/*.ts',
  'libs/testing/**/*.ts',
];

/** Domain code is a pure function of its commands: no clock, no randomness, no environment. */
const impure = [
  { object: 'Date', property: 'now', message: 'Time arrives in the command.' },
  { object: 'Math', property: 'random', message: 'Randomness arrives in the command.' },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.data/**', 'libs/lint/fixtures/**'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { project: ['./tsconfig.base.json'], tsconfigRootDir: root } },
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Request shapes are classes for class-validator's sake; they have no methods to lose.
      '@typescript-eslint/no-misused-spread': 'off',
      // Nest's options are classes by declaration and object literals by use.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Port methods are async so that what they throw is a rejection, also where they await nothing.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Taken out of a rest spread, or there to fill a place.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  ...packageRules([...forSpecs, '**/config.ts']),
  {
    files: ['libs/domain/**/*.ts', 'libs/kernel/**/*.ts'],
    ignores: forSpecs,
    rules: {
      'no-restricted-properties': ['error', ...impure],
      'no-restricted-globals': [
        'error',
        'process',
        'setTimeout',
        'setInterval',
        'crypto',
        'performance',
        'fetch',
        'globalThis',
        'queueMicrotask',
        'setImmediate',
        'console',
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'Time arrives in the command.',
        },
        { selector: 'Decorator', message: 'No decorators here: domain code is plain functions.' },
        {
          selector:
            ':matches(CallExpression[callee.name="Date"], NewExpression[callee.property.name="Date"])',
          message: 'Time arrives in the command.',
        },
        { selector: 'ImportExpression', message: 'Domain code is all there from the start.' },
      ],
    },
  },
  {
    files: ['libs/**/*.ts'],
    ignores: ['libs/domain/**', 'libs/kernel/**', 'libs/platform/**', '**/*.spec.ts', 'libs/testing/**'],
    rules: {
      'no-restricted-syntax': ['error', { selector: 'Decorator', message: 'Decorators belong to services.' }],
    },
  },
  {
    files: ['services/**/*.ts', 'libs/**/*.ts'],
    ignores: ['**/config.ts', '**/*.spec.ts', 'libs/testing/**', 'libs/domain/**', 'libs/kernel/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings are read in config.ts only.' },
      ],
    },
  },
  {
    files: [...forSpecs, 'test/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': ['error', specBoundaries],
      '@typescript-eslint/no-confusing-void-expression': 'off',
    },
  },
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
);
