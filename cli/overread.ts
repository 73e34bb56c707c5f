import { Command, CommanderError } from 'commander'
import { registerAudit } from './audit.ts'
import { registerDecide } from './decide.ts'
import { registerDemo } from './demo.ts'
import { registerDicom } from './dicom-check.ts'
import { failureText } from './failure-text.ts'
import { registerResidency } from './residency.ts'
import { registerServe } from './serve.ts'
import { registerToken } from './token.ts'
import { registerUpload } from './upload.ts'

const program = new Command('overread')
  .description('Open serverless tele-imaging: referral to signed report, across sites, groups and borders')
  .showHelpAfterError('(add --help for the options)')
  .exitOverride()

for (const register of [
  registerServe,
  registerDemo,
  registerToken,
  registerUpload,
  registerDicom,
  registerResidency,
  registerDecide,
  registerAudit,
]) {
  register(program)
}

const USAGE = 2

/** `overread ... | head`: whoever read has what they wanted. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

/** Exit 0 done, 1 refused or findings, 2 usage: what scripts rely on. */
try {
  await program.parseAsync()
} catch (thrown) {
  if (thrown instanceof CommanderError) process.exitCode = thrown.exitCode === 0 ? 0 : USAGE
  else {
    process.stderr.write(`overread: ${failureText(thrown)}\n`)
    process.exitCode = 1
  }
}
