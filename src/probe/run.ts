import type { Run } from './probe.ts';

/**
 * runOf reads the run from the event of an EventBridge schedule: its id and time stay the same when Lambda tries it again.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
 * @throws {TypeError} for anything else.
 */
export function runOf(event: unknown): Run {
  const { id, time, account, region } = (event ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof time !== 'string' || Number.isNaN(Date.parse(time))) {
    throw new TypeError('expected the event of an EventBridge schedule, got one without id and time');
  }
  return {
    id,
    time: new Date(time).toISOString(),
    ...(typeof account === 'string' && { account }),
    ...(typeof region === 'string' && { region }),
  };
}
