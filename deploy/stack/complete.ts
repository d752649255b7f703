import type { Output, Resources } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';
import { reserve, stop } from './brakes.ts';
import { dashboard } from './dashboard.ts';
import { healthAlarms } from './health-alarms.ts';
import { attachAfter, encryptLogs } from './log-groups.ts';
import { traceGroup } from './trace-group.ts';
import { trailAccess } from './trail-access.ts';

export interface Template {
  readonly Resources: Resources;
  readonly Outputs?: Readonly<Record<string, Output>>;
}

/** What of a stage decides on its stack as a whole. */
export type WholeStage = Pick<Stage, 'name' | 'prefix'> & {
  readonly params: Pick<
    Stage['params'],
    'createTrail' | 'enabled' | 'healthAlarms' | 'logsKeyArn' | 'reservedConcurrency' | 'trailBucket'
  >;
};

/**
 * completeStack adds to a template what is made from its resources, once all of them are there: alarms and a dashboard over all of
 * them, brakes, and what holds for every log group.
 */
export function completeStack<T extends Template>(template: T, stage: WholeStage): T {
  const { params, prefix } = stage;
  const encrypted = encryptLogs(template.Resources, params.logsKeyArn);
  const watched = { ...encrypted, ...(params.healthAlarms && healthAlarms(encrypted, stage)) };
  const shown = { ...watched, ...dashboard(watched, stage), ...traceGroup(watched, prefix) };
  const limited = reserve(attachAfter(shown), params.reservedConcurrency);
  const bucket = params.createTrail ? undefined : params.trailBucket;
  return {
    ...template,
    Resources: params.enabled ? limited : stop(limited),
    Outputs: { ...template.Outputs, ...(bucket !== undefined && trailAccess(limited, bucket)) },
  };
}
