import { defineConfig } from 'vitest/config'

/** AWS contract suites: they need the emulator, so they are part of a run only when it is there. */
const awsSuites = 'test/contract/aws*.test.ts'
/** Have a network and a policy of their own, which the emulator run gives to the deployed cell when the others are done. */
const readerAbroad = ['deidentified-reading', 'emergency'].map((name) => `test/acceptance/${name}.test.ts`)
const onAws = process.env['OVERREAD_TARGET'] === 'aws'
const apart = onAws ? [awsSuites, ...readerAbroad] : [awsSuites]

const project = (name: string, testTimeout: number, include = [`test/${name}/**/*.test.ts`]) => ({
  extends: true as const,
  test: {
    name,
    include,
    exclude: apart.filter((one) => !include.includes(one)),
    testTimeout,
    hookTimeout: 120_000,
  },
})

/** The CDK is half of what its tests cost: a worker loads it once, and synthesizes a cell once for all who look at it. */
const infra = { extends: true as const, test: { ...project('infra', 180_000).test, isolate: false } }

/**
 * Projects follow the folders of test/. The emulator run (npm run test:aws) sets OVERREAD_TARGET=aws and picks
 * its own projects.
 */
export default defineConfig({
  test: {
    projects: [
      project('unit', 60_000),
      project('contract', 60_000),
      project('acceptance', 120_000),
      infra,
      project('arch', 120_000),
      ...(onAws
        ? [project('contract-aws', 120_000, [awsSuites]), project('reader-abroad', 120_000, readerAbroad)]
        : []),
    ],
    coverage: {
      provider: 'v8',
      include: ['shared/domain/**/*.ts', 'functions/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
})
