import * as z from 'zod'

const KPI_DAYS_LIMIT = 1100

/** UTC days, both included, of the event that ended the interval: a report signed in November counts in November. */
export const KpiQuerySchema = z
  .strictObject({
    from: z.iso.date().meta({ description: 'First UTC day', examples: ['2026-11-01'] }),
    to: z.iso.date().meta({ description: 'Last UTC day, included', examples: ['2026-11-30'] }),
    siteId: z.string().optional(),
    readingGroupId: z.string().optional(),
    pathwayId: z.string().optional(),
  })
  .refine(({ from, to }) => from <= to && Date.parse(to) - Date.parse(from) < KPI_DAYS_LIMIT * 86_400_000, {
    path: ['to'],
  })
export const KpiRowSchema = z
  .strictObject({
    measure: z.enum(['acceptance', 'availability', 'turnaround', 'preliminary', 'closure', 'escalation']),
    siteId: z.string(),
    readingGroupId: z.string().nullable(),
    pathwayId: z.string(),
    n: z.int(),
    /** Nearest rank; null where fewer than ten values would let a case be recognised by another organisation. */
    medianMinutes: z.number().nullable(),
    p90Minutes: z.number().nullable(),
    p95Minutes: z.number().nullable(),
    inTargetPercent: z.number().nullable(),
  })
  .meta({ id: 'KpiRow' })
export const KpisSchema = z
  .strictObject({
    version: z.literal('overread/kpi@1'),
    from: z.iso.date(),
    to: z.iso.date(),
    rows: z.array(KpiRowSchema),
    counts: z.array(
      z.strictObject({
        siteId: z.string(),
        pathwayId: z.string(),
        submitted: z.int(),
        rejected: z.int(),
        cancelled: z.int(),
        exceptions: z.int(),
      }),
    ),
    openOverdue: z.int(),
  })
  .meta({ id: 'Kpis' })
export type Kpis = z.infer<typeof KpisSchema>
