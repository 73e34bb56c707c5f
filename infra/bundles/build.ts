import { bundleFunctions } from './bundle-functions.ts'

const bundles = await bundleFunctions()
for (const { name, bytes } of bundles) process.stdout.write(`${name.padEnd(18)} ${(bytes / 1024).toFixed(0)} KiB\n`)
