import js from '@eslint/js'
import tseslint from 'typescript-eslint'

/** Not no-restricted-imports: with importNames that rule also refuses the `import * as z` it should ask for. */
const zodAsNamespace = {
  selector: "ImportDeclaration[source.value='zod'] > :not(ImportNamespaceSpecifier)[local.name='z']",
  message: "Use import * as z from 'zod': { z } bundles every locale.",
}

/** A line that did not go through the log's allow-list may hold a patient's name (controls LOG-01). */
const noPrinting = [
  "Identifier[name='console']",
  "MemberExpression[object.name='globalThis'][property.name='process']",
  "MemberExpression[object.name='process'][property.name=/^(stdout|stderr|emitWarning|_rawDebug)$/]",
  "MemberExpression[object.name='process'][property.value=/^(stdout|stderr|emitWarning|_rawDebug)$/]",
  "VariableDeclarator[init.name='process'] > ObjectPattern > Property[key.name=/^(stdout|stderr|emitWarning)$/]",
  'ImportDeclaration[source.value=/^(node:)?(process|console)$/]',
  'CallExpression[callee.name=/^write(File)?(Sync)?$/][arguments.0.raw=/^[12]$/]',
].map((selector) => ({ selector, message: 'Only the command line and the log print.' }))

/** A client made elsewhere has no guard, and would follow an ARN, a redirect or an endpoint into another region (RES-04). */
const noClients = [
  'NewExpression[callee.name=/Client$/]',
  'NewExpression[callee.property.name=/Client$/]',
  "ImportDeclaration[importKind!='type'][source.value=/^@aws-sdk\\/client-/] > ImportSpecifier[importKind!='type'][imported.name=/Client$|^(DynamoDB|S3|SQS|KMS)$/]",
  'ImportDeclaration[source.value=/^@aws-sdk\\/client-/] > ImportNamespaceSpecifier',
  'ImportExpression[source.value=/^@aws-sdk\\//]',
].map((selector) => ({
  selector,
  message: 'Clients are made in shared/adapters/aws/clients.ts, which keeps each in its region.',
}))

const refused = (...lists) => ['error', zodAsNamespace, ...lists.flat()]

export default tseslint.config(
  { ignores: ['**/*.cjs', 'node_modules', 'cdk.out', 'dist', 'coverage', '.overread', 'docs/api'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': refused(noPrinting, noClients),
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
      'no-restricted-syntax': refused(noPrinting, noClients, [
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The domain has no clock.' },
      ]),
    },
  },
  {
    files: ['test/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  // The one place where clients are made, each with its guard.
  { files: ['shared/adapters/aws/clients.ts'], rules: { 'no-restricted-syntax': refused(noPrinting) } },
  // Tests stand outside the cell: they set an emulated account up, or try what a guarded client would not send.
  { files: ['test/**'], rules: { 'no-restricted-syntax': refused(noPrinting) } },
  // The log: all that it writes has passed its allow-list. The command line and the programs of build: for whoever runs them.
  {
    files: ['shared/runtime/log.ts', 'cli/**', 'infra/bundles/build.ts', 'infra/checks/supply-chain/run.ts'],
    rules: { 'no-restricted-syntax': refused(noClients) },
  },
  // Programs of their own, which tell whoever started them; and the test of what the command line prints.
  {
    files: [
      'test/{aws,bench,guarantees}/**',
      'test/unit/local/killed-cell-process.ts',
      'test/unit/cli/residency.test.ts',
    ],
    rules: { 'no-restricted-syntax': refused() },
  },
  { files: ['*.js'], extends: [tseslint.configs.disableTypeChecked] },
)
