import * as z from 'zod'
import type { Counts } from '../domain/numbers/contribution.ts'
import type { Slot } from '../domain/numbers/figures.ts'
import type { JsonObject } from '../domain/json.ts'
import { NO_GROUP } from './keys.ts'

/** A counter as it is stored: a count a field. The fields are those of `shared/domain/numbers`. */
export const CounterSchema = z.record(z.string().regex(/^[a-z]{3,10}(\d{1,5}|Judged|Met)?$/), z.int())

export const countsOf = (body: JsonObject): Counts => CounterSchema.parse(body)

/** The slot in a counter's sort key: period, site, reading group and pathway, the last three being ids without `#`. */
export function slotOf(sort: string): Slot {
  const [siteId = '', group = '', pathwayId = ''] = sort.split('#').slice(-3)
  return { siteId, readingGroupId: group === NO_GROUP ? null : group, pathwayId }
}
