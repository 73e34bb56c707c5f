import js from '@eslint/js'
import tseslint from 'typescript-eslint'

/** Not no-restricted-imports: with importNames that rule also refuses the `import * as z` it should ask for. */
const zodAsNamespace = {
  selector: "ImportDeclaration[source.value='zod'] > :not(ImportNamespaceSpecifier)[local.name='z']",
  message: "Use import * as z from 'zod': { z } bundles every locale.",
}

export default tseslint.config(
  { ignores: ['**/*.cjs', 'node_modules', 'cdk.out', 'dist', 'coverage', '.overread', 'docs/api'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', zodAsNamespace],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['shared/domain/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        'process',
        'fetch',
        'setTimeout',
        'setInterval',
        'crypto',
        'Buffer',
        'performance',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The domain has no clock: take the instant as an argument.' },
        { object: 'Math', property: 'random', message: 'The domain has no randomness: take ids as arguments.' },
      ],
      'no-restricted-syntax': [
        'error',
        zodAsNamespace,
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The domain has no clock.' },
      ],
    },
  },
  {
    files: ['test/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['*.js'], extends: [tseslint.configs.disableTypeChecked] },
)
