import js from '@eslint/js'
import tseslint from 'typescript-eslint'

/** Not no-restricted-imports: with importNames that rule also refuses the `import * as z` it should ask for. */
const zodAsNamespace = {
  selector: "ImportDeclaration[source.value='zod'] > :not(ImportNamespaceSpecifier)[local.name='z']",
  message: "Use import * as z from 'zod': { z } bundles every locale.",
}

/** However a module of Node is brought in: a type brings in nothing. */
const bringing = (names) => {
  const source = `[source.value=/^(node:)?(${names})($|\\/)/]`
  return ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression', 'TSImportType']
    .map((kind) => `${kind}${source}:not([importKind='type'], [exportKind='type'])`)
    .concat(`TSExternalModuleReference[expression.value=/^(node:)?(${names})($|\\/)/]`)
}

/** What of `process` neither prints nor leads to what does. */
const harmless =
  'argv|cpuUsage|cwd|disconnect|env|execPath|exit|exitCode|hrtime|kill|memoryUsage|on|once|pid|platform|removeListener|send|threadCpuUsage|version'
const outlet = String.raw`\/dev\/(std(out|err)|tty|fd)|\/proc\/.*\/fd`

/**
 * A line that did not go through the log's allow-list may hold a patient's name (controls LOG-01). Allow-lists where there
 * can be one: an alias is refused because `process` is not followed by the name of something harmless.
 */
const noPrinting = [
  "Identifier[name='console']",
  'Identifier[name=/^(globalThis|global)$/]',
  ":not(MemberExpression, TSQualifiedName) > Identifier[name='process']:not(Property > .key)",
  `MemberExpression[object.name='process']:not([computed=false][property.name=/^(${harmless})$/])`,
  ...bringing('process|console|tty|repl|inspector|readline|wasi|trace_events'),
  // Anything of node:util that is not known to be silent: debuglog and deprecate write to the error stream.
  "ImportDeclaration[importKind!='type'][source.value=/^(node:)?util$/] > :matches(ImportDefaultSpecifier, ImportNamespaceSpecifier)",
  "ImportDeclaration[importKind!='type'][source.value=/^(node:)?util$/] > ImportSpecifier:not([imported.name=/^(promisify|parseArgs)$/])",
  // A loader at hand loads any of the above; to ask where a file is, none is kept.
  "ImportDeclaration[source.value=/^(node:)?module$/] > :not(ImportSpecifier[imported.name='createRequire'][local.name='createRequire'])[local]",
  ":not(MemberExpression[property.name='resolve'], VariableDeclarator[id.type='ObjectPattern']) > CallExpression[callee.name='createRequire']",
  ':matches(ImportExpression, ExportNamedDeclaration, ExportAllDeclaration)[source.value=/^(node:)?(util|module)$/]',
  "CallExpression[callee.name='require']",
  "ImportExpression[source.type!='Literal']",
  "CallExpression[callee.name='eval']",
  ":matches(CallExpression, NewExpression)[callee.name='Function']",
  // The streams by their numbers and by their names.
  'CallExpression[callee.name=/^(write|writev|writeFile|appendFile)(Sync)?$/][arguments.0.raw=/^[12]$/]',
  'CallExpression[callee.property.name=/^(write|writev|writeFile|appendFile)(Sync)?$/][arguments.0.raw=/^[12]$/]',
  "Property[key.name='fd'][value.raw=/^[12]$/]",
  `Literal[value=/${outlet}/]`,
  `TemplateElement[value.raw=/${outlet}/]`,
].map((selector) => ({ selector, message: 'Only the command line and the log print.' }))

/** What runs in the cell starts no program, which would have streams of its own, and has no file to write a line to. */
const noPrograms = bringing('child_process|worker_threads|cluster|vm').map((selector) => ({
  selector,
  message: 'Programs and threads are started by whoever starts the cell.',
}))
const noFiles = bringing('fs').map((selector) => ({ selector, message: 'Files are for adapters.' }))

/** To be shown something of a patient takes one of these; the modules that make them are the only ones to say what is one. */
const rights =
  'Right|InCell|OwnRecordAccess|ResidencyDecision|Permit|IdentifiableRead|InRegionView|DeidentifiedRead|Identifiable|OnCopies|PatientRelease|ReportRelease|DocumentRelease|OpeningRight|ReadingRight|UrlRelease'
const noForging = [
  `:matches(TSAsExpression, TSTypeAssertion, TSTypePredicate) TSTypeReference[typeName.name=/^(${rights})$/]`,
  'VariableDeclaration[declare=true]',
  // Of a right it makes another; of a function, one out of text.
  "MemberExpression > .property:matches([name='constructor'], [value='constructor'])",
  "ObjectPattern > Property > .key:matches([name='constructor'], [value='constructor'])",
].map((selector) => ({ selector, message: 'A right to open is made by decide or inCell: it is not asserted.' }))
/** Where rights are handed on, nothing is made to fit everything either. */
const noNever = [{ selector: 'TSAsExpression > TSNeverKeyword', message: 'Fits every type, a right too.' }]

const noClock = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The domain has no clock.' },
]

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
const on = (files, ...lists) => ({ files, rules: { 'no-restricted-syntax': refused(...lists) } })

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
    },
  },
  // No comment switches a rule or the compiler off: an exception is a line of this file.
  {
    files: ['{shared,functions,local,cli,infra}/**'],
    linterOptions: { noInlineConfig: true },
    rules: { '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true }] },
  },
  { files: ['shared/domain/dicom/text-value.ts'], rules: { 'no-control-regex': 'off' } },
  {
    files: ['test/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  on(['shared/**', 'functions/**'], noPrinting, noClients, noForging, noPrograms, noFiles),
  on(['functions/**', 'shared/ledger/**'], noPrinting, noClients, noForging, noNever, noPrograms, noFiles),
  on(['local/**'], noPrinting, noClients, noForging),
  on(['shared/adapters/**', 'shared/contracts/*-write.ts'], noPrinting, noClients, noForging, noPrograms),
  on(['shared/domain/**'], noPrinting, noClients, noForging, noPrograms, noFiles, noClock),
  // Says what a permit is.
  on(['shared/domain/residency/decide.ts'], noPrinting, noClients, noPrograms, noFiles, noClock),
  // The one place where clients are made, each with its guard.
  on(['shared/adapters/aws/clients.ts'], noPrinting, noForging, noPrograms),
  // The log: all that it writes has passed its allow-list.
  on(['shared/runtime/log.ts'], noClients, noForging, noPrograms, noFiles),
  // The command line and the programs of build: for whoever runs them.
  on(['cli/**'], noClients, noForging),
  on(['infra/bundles/build.ts', 'infra/checks/supply-chain/run.ts'], noClients),
  // Tests stand outside the cell: they set an emulated account up, or try what a guarded client would not send.
  on(['test/**'], noPrinting),
  // Programs of their own, which tell whoever started them; and the test of what the command line prints.
  on(['test/{aws,bench,guarantees}/**', 'test/unit/local/killed-cell-process.ts', 'test/unit/cli/residency.test.ts']),
  { files: ['*.js'], extends: [tseslint.configs.disableTypeChecked] },
)
