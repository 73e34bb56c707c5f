import { expect, onTestFinished, test } from 'vitest'
import { checkpointsOf } from '../../../../functions/audit-trail/read-audit-trail.ts'
import { appendAudit, caseChain } from '../../../../shared/ledger/audit-chain.ts'
import { signCheckpoint } from '../../../../shared/ledger/audit-checkpoint.ts'
import { readingRoom, START, type ReadingRoom } from '../../../builders/reading-room.ts'

const openRoom = (): ReadingRoom => {
  const room = readingRoom()
  onTestFinished(() => room.close())
  return room
}

const readOnce = (room: ReadingRoom, requestId: string) =>
  appendAudit(room.ports.store, caseChain(room.referralId), [
    {
      at: START,
      by: { kind: 'person', id: 'p-weber' },
      action: 'release',
      operation: 'readFrame',
      outcome: 'success',
      requestId,
    },
  ])

test('a table that was restored counts its checkpoints again, and each finds its own among those of the lost time', async () => {
  const [lost, restored] = [openRoom(), openRoom()]
  const { objects } = lost.ports
  await readOnce(lost, 'before the restore')
  await signCheckpoint({ ...lost.ports, objects })
  await readOnce(restored, 'after the restore')
  const signed = await signCheckpoint({ ...restored.ports, objects })
  expect(signed?.number).toBe(1)
  const found = await checkpointsOf({ ...restored.ports, objects }, restored.referralId)
  expect(found.map(({ checkpoint }) => checkpoint)).toEqual([signed])
})
