/** The arrows of the architecture (docs/adr/0002): a use case sees ports, never what stands behind them. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

module.exports = {
  forbidden: [
    forbid('no-circular', 'A cycle means two concepts are one.', {}, { circular: true }),
    forbid(
      'no-orphans',
      'Nobody uses it: delete it.',
      { orphan: true, path: '^(shared|functions|local)/', pathNot: '\\.d\\.ts$' },
      {},
    ),
    forbid(
      'domain-is-pure',
      'shared/domain knows zod and itself.',
      { path: '^shared/domain/' },
      { pathNot: ['^shared/domain/', '(^|/)node_modules/zod/'] },
    ),
    forbid(
      'contracts-know-domain',
      '',
      { path: '^shared/contracts/' },
      { path: '^(shared/(ports|adapters|runtime)|functions|local|infra|cli)/' },
    ),
    forbid(
      'ports-know-contracts',
      '',
      { path: '^shared/ports/' },
      { path: '^(shared/(adapters|runtime)|functions|local|infra|cli)/' },
    ),
    forbid(
      'runtime-knows-ports',
      '',
      { path: '^shared/runtime/' },
      { path: '^(shared/adapters|functions|local|infra|cli)/' },
    ),
    forbid(
      'adapters-stand-alone',
      '',
      { path: '^shared/adapters/' },
      { path: '^(shared/runtime|functions|local|infra|cli)/' },
    ),
    forbid(
      'sdk-only-in-adapters-aws',
      '',
      { pathNot: '^(shared/adapters/aws|test)/' },
      { path: '(^|/)node_modules/(@aws-sdk|@smithy)/' },
    ),
    forbid(
      'aws-adapters-only-from-handlers',
      '',
      { pathNot: '^(shared/adapters/aws/|functions/[^/]+/handler\\.ts|test/)' },
      { path: '^shared/adapters/aws/' },
    ),
    forbid(
      'embedded-adapters-only-from-local',
      '',
      { pathNot: '^(shared/adapters/embedded/|local/|test/)' },
      { path: '^shared/adapters/embedded/' },
    ),
    forbid('functions-never-import-infra', '', { path: '^(functions|shared)/' }, { path: '^(infra|local|cli)/' }),
    forbid(
      'infra-takes-routes-and-environments',
      '',
      { path: '^infra/' },
      {
        path: '^(shared|functions|local|cli)/',
        pathNot: ['^shared/contracts/', '^shared/domain/', '^functions/[^/]+/env\\.ts$'],
      },
    ),
    forbid('nobody-imports-infra', '', { pathNot: '^(infra|test|cli)/' }, { path: '^infra/' }),
    forbid('cli-takes-checks-only', '', { path: '^cli/' }, { path: '^infra/', pathNot: '^infra/checks/' }),
    forbid(
      'checks-are-free-of-cdk',
      '',
      { path: '^infra/checks/' },
      { path: '(^|/)node_modules/(aws-cdk-lib|constructs|cdk-nag)/' },
    ),
    forbid('not-to-test', '', { pathNot: '^test/' }, { path: '^test/' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|cdk\\.out|dist)/(?!zod|@aws-sdk|@smithy|aws-cdk-lib|constructs|cdk-nag)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'] },
  },
}
