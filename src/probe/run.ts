import type { Run } from './probe.ts';

/**
 * runOf reads which run an EventBridge schedule asks for: its event's id and time are the same when Lambda tries it again.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
 * @throws {TypeError} for anything else.
 */
export function runOf(event: unknown): Run {
  const { id, time, account, region } = (event ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof time !== 'string' || Number.isNaN(Date.parse(time))) {
    throw new TypeError('the event is not one of an EventBridge schedule: it has no id and time');
  }
  return {
    id,
    time: new Date(time).toISOString(),
    ...(typeof account === 'string' && { account }),
    ...(typeof region === 'string' && { region }),
  };
}
