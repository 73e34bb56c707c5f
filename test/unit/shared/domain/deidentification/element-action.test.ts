import { expect, test } from 'vitest'
import { defaultDeidentificationPolicy } from '../../../../../shared/domain/deidentification/deidentification-policy.ts'
import { elementAction } from '../../../../../shared/domain/deidentification/element-action.ts'

test('an element that the dictionary does not know is removed, whatever harmless VR it claims', () => {
  for (const vr of ['CS', 'US', 'FD', 'SQ', 'UI', 'DA'])
    expect(elementAction(0x0018fff2, vr, defaultDeidentificationPolicy)).toEqual({ do: 'remove' })
})
