import { defineConfig } from 'vitest/config'

const project = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: 120_000 },
})

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
      project('infra', 180_000),
      project('arch', 120_000),
    ],
    coverage: {
      provider: 'v8',
      include: ['shared/domain/**/*.ts', 'functions/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
})
