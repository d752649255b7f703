import * as v from 'valibot';
import type { ReportSettings } from '../report/stage/schedule.ts';
import { object, text } from './schema.ts';

const settings = v.pipe(
  object({
    schedule: v.optional(text()),
    period: v.optional(text()),
    account: v.optional(v.pipe(v.string(), v.regex(/^\d{12}$/, 'not a 12-digit account ID in quotes'))),
    region: v.optional(text()),
    parameters: v.optional(
      v.record(
        text(),
        v.pipe(
          v.union([v.string(), v.number(), v.boolean()], 'must be a text, a number, true or false'),
          v.transform(String),
        ),
      ),
    ),
  }),
  v.transform(({ schedule, period, account, region, parameters }): ReportSettings => ({
    ...(schedule !== undefined && { schedule }),
    ...(period !== undefined && { period }),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
    ...(parameters !== undefined && { parameters }),
  })),
);

/** reports is the section of the reports that a stage runs by itself: `config/default.yml` describes it. */
export const reports: v.GenericSchema<unknown, Readonly<Record<string, ReportSettings | 'off'>>> = v.record(
  v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*$/, 'not a report name')),
  v.union([v.literal('off'), settings], 'must be a map with schedule, period, account, region, parameters; or off'),
  'must be a map of report names to schedules',
);
