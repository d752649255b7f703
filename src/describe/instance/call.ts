import type { Actor, AuditEvent, Cause } from '../../model/audit-event.ts';
import type { LogRecord } from '../../model/log-record.ts';
import { describe } from '../describe.ts';
import { isInstanceId } from './state.ts';
import { at, defined, flagOf, listOf, textAt, textOf } from '../read.ts';

/** InstanceCall is what one call did to one instance, and who made it. */
export interface InstanceCall extends Cause {
  readonly instance: string;
  readonly actor: Actor;
  readonly sourceAddress?: string;
  readonly userAgent?: string;
  /** The states that the call answered: what the instance was in, and what it is in now. */
  readonly before?: string;
  readonly after?: string;
}

interface Row {
  readonly source: string;
  /** The states that an instance comes into because of the call. */
  readonly leadsTo: readonly string[];
  readonly instances: (record: LogRecord) => readonly unknown[];
}

const starting = ['pending', 'running'];
const stopping = ['stopping', 'stopped'];
const ending = ['shutting-down', 'terminated'];

/**
 * A row a call that changes the state of instances it names. RebootInstances has none: the state stays `running` all
 * through, and EC2 sends no notification.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
 */
const calls = new Map<string, Row>([
  ['RunInstances', { source: 'ec2.amazonaws.com', leadsTo: starting, instances: answered }],
  ['StartInstances', { source: 'ec2.amazonaws.com', leadsTo: starting, instances: answered }],
  ['StopInstances', { source: 'ec2.amazonaws.com', leadsTo: stopping, instances: answered }],
  ['TerminateInstances', { source: 'ec2.amazonaws.com', leadsTo: ending, instances: answered }],
  [
    'TerminateInstanceInAutoScalingGroup',
    {
      source: 'autoscaling.amazonaws.com',
      leadsTo: ending,
      instances: ({ fields }) => [at(fields, 'requestParameters')],
    },
  ],
  // No call: EC2's own word that it took a spot instance back.
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-interruption-notices.html
  [
    'BidEvictedEvent',
    {
      source: 'ec2.amazonaws.com',
      leadsTo: [...stopping, ...ending],
      instances: ({ fields }) =>
        listOf(at(fields, 'serviceEventDetails', 'instanceIdSet')).map((instanceId) => ({ instanceId })),
    },
  ],
]);

/** isInstanceCall says whether a record may be a call that changes instances' states: two looks, for every record. */
export function isInstanceCall({ fields }: LogRecord): boolean {
  const { eventName } = fields;
  return typeof eventName === 'string' && calls.get(eventName)?.source === fields['eventSource'];
}

/** leadsTo says whether a call can bring an instance into a state. */
export function leadsTo({ action }: Pick<InstanceCall, 'action'>, state: string): boolean {
  return calls.get(action)?.leadsTo.includes(state) ?? false;
}

/** undoes says whether a call takes back what an earlier one did: a start after a stop, a stop after a start. */
export function undoes(later: Pick<InstanceCall, 'action'>, earlier: Pick<InstanceCall, 'action'>): boolean {
  return (
    (leadsTo(later, 'pending') && leadsTo(earlier, 'stopping')) ||
    (leadsTo(later, 'stopping') && leadsTo(earlier, 'pending'))
  );
}

/** EC2 takes a thousand instances in one call; a record that names more was not written by CloudTrail. */
const maxInstances = 1000;
// Texts come from events: an ARN has at most 2,048 characters.
const maxChars = 2048;

/**
 * instanceCallsOf reads a call, once for each instance that it did something to. A call that failed, a dry run too, and
 * one that found the instance already where it wanted it did nothing.
 */
export function instanceCallsOf(record: LogRecord): readonly InstanceCall[] {
  if (!isInstanceCall(record)) return [];
  const event = describe(record);
  if (event.outcome.kind !== 'success') return [];
  const row = calls.get(event.action);
  const { actor, sourceAddress, userAgent } = event;
  return (row?.instances(record) ?? []).slice(0, maxInstances).flatMap((item) => {
    const instance = textAt(item, 'instanceId');
    const before = textAt(item, 'previousState', 'name');
    const after = textAt(item, 'currentState', 'name') ?? textAt(item, 'instanceState', 'name');
    if (!isInstanceId(instance) || (before !== undefined && before === after)) return [];
    const call: InstanceCall = {
      eventId: clip(event.id),
      time: event.time,
      service: event.service,
      action: event.action,
      via: viaOf(record, event),
      instance,
      actor: { ...clipped(actor), chain: actor.chain.slice(0, 10).map(clip) },
      ...clipped(defined({ sourceAddress, userAgent, before, after })),
    };
    return [call];
  });
}

/** The answer says what became of which instance; where CloudTrail left it out, the request says which were meant. */
function answered({ fields }: LogRecord): readonly unknown[] {
  const items = listOf(at(fields, 'responseElements', 'instancesSet', 'items'));
  return items.length > 0 ? items : listOf(at(fields, 'requestParameters', 'instancesSet', 'items'));
}

/**
 * viaOf says how the call was made. CloudTrail marks calls with a console session's credentials; older records only have
 * the console's own name as user agent. A service that calls on somebody's behalf names itself.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
function viaOf({ fields }: LogRecord, { actor, userAgent = '' }: AuditEvent): Cause['via'] {
  if (actor.kind === 'service' || textOf(at(fields, 'userIdentity', 'invokedBy')) !== undefined) return 'service';
  if (flagOf(fields['sessionCredentialFromConsole']) === true) return 'console';
  if (/^console\.[a-z0-9.-]*amazonaws\.com$|^AWS (?:Management )?Console\b/i.test(userAgent)) return 'console';
  return 'api';
}

function clip(text: string): string {
  return text.slice(0, maxChars);
}

function clipped<T extends object>(texts: T): T {
  return Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, typeof value === 'string' ? clip(value) : value]),
  ) as T;
}
