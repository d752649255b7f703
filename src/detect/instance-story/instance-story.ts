import { instanceCallsOf, isInstanceCall } from '../../describe/instance/call.ts';
import { stateChangeOf } from '../../describe/instance/state.ts';
import type { AuditEvent } from '../../model/audit-event.ts';
import type { Finding } from '../../model/finding.ts';
import type { LogRecord } from '../../model/log-record.ts';
import { bearing, causeOf, stateBeforeOf } from './instance-cause.ts';
import type { InstanceFact, InstanceLog, TimedChange } from './instance-log.ts';

/** Retold is a change of state of which something became known after it was told. */
export interface Retold {
  readonly record: LogRecord;
  /** As `Finding.completes`. */
  readonly completes: string;
}

/** InstanceStory puts changes of instances' states and the calls behind them together, whichever comes first. */
export interface InstanceStory {
  /** concerns says whether a record belongs to the story: asked of every record, so it only compares two fields. */
  readonly concerns: (record: LogRecord) => boolean;
  /**
   * remember takes a record that belongs to the story, and gives the changes of state that were told before and of which
   * this record changes who did it. The same record again gives the same ones again, in case they got lost.
   * @throws {InstanceLogError} when it could not be kept.
   */
  readonly remember: (record: LogRecord) => Promise<readonly Retold[]>;
  /** tells says whether a finding is about a change of state, so that `complete` may have something to add. */
  readonly tells: (finding: Finding) => boolean;
  /**
   * complete says of a finding's changes of state who caused them and which state was before, as far as known.
   * @throws {InstanceLogError} when what is known could not be read.
   */
  readonly complete: (finding: Finding) => Promise<Finding>;
  /** Whether findings should wait until everything is read: then who did it is known when they are told. */
  readonly waits: boolean;
}

export interface InstanceStoryOptions {
  readonly log: InstanceLog;
  /** True for files, of which there is an end; false for a stream, in which people are waiting. */
  readonly waits: boolean;
}

/** Logs asked at once: enough to hide the way there, few enough for the client's sockets. */
const atOnce = 25;
/** A correlation may have thousands of events; a person sees the first and the last few of them. */
const maxEvents = 50;

/** createInstanceStory puts the story together from what its log remembers. */
export function createInstanceStory({ log, waits }: InstanceStoryOptions): InstanceStory {
  const retoldFor = async (fact: InstanceFact): Promise<readonly Retold[]> => {
    const at = Date.parse(fact.time);
    const facts = await log.read(fact.instance, at + bearing.before);
    const without = facts.filter(({ kind, eventId }) => kind !== fact.kind || eventId !== fact.eventId);
    return without.flatMap((change) => {
      if (change.kind !== 'change' || Date.parse(change.time) < at - bearing.after) return [];
      const [before, now] = [causeOf(without, change), causeOf(facts, change)];
      if (before?.eventId === now?.eventId) return [];
      return [{ record: change.record, completes: now?.eventId ?? `not ${before?.eventId}` }];
    });
  };

  const explain = async (event: AuditEvent): Promise<AuditEvent> => {
    const change = changeOf(event);
    if (change === undefined || event.category.kind !== 'instance-state') return event;
    const facts = await log.read(change.instance, Date.parse(change.time) + bearing.after);
    const cause = causeOf(facts, change);
    const before = event.category.before ?? stateBeforeOf(facts, change, cause);
    const category = { ...event.category, ...(before !== undefined && { before }) };
    if (cause === undefined) return { ...event, category };
    const { eventId, time, service, action, via, actor, sourceAddress, userAgent } = cause;
    return {
      ...event,
      category,
      actor,
      ...(sourceAddress !== undefined && { sourceAddress }),
      ...(userAgent !== undefined && { userAgent }),
      cause: { eventId, time, service, action, via },
    };
  };

  return {
    waits,
    concerns: (record) => isInstanceCall(record) || isStateChange(record),
    remember: async (record) => {
      const facts = factsOf(record);
      await eachOf(facts, log.add);
      // Written first, then read: of two writers at the same time, at least one sees what the other wrote.
      return waits ? [] : (await eachOf(facts, retoldFor)).flat();
    },
    tells: ({ event, correlated }) => isStateEvent(event) || correlated.some(isStateEvent),
    complete: async (finding) => {
      const events = [finding.event, ...ends(finding.correlated.filter(isStateEvent))].filter(isStateEvent);
      const distinct = [...new Map(events.map((event) => [event.id, event])).values()];
      const explained = new Map((await eachOf(distinct, explain)).map((event) => [event.id, event]));
      const event = explained.get(finding.event.id) ?? finding.event;
      return {
        ...finding,
        event,
        correlated: finding.correlated.map((one) => explained.get(one.id) ?? one),
        labels: event.cause === undefined ? finding.labels : { ...finding.labels, ...labelsOf(event) },
      };
    },
  };
}

function isStateChange({ source, fields }: LogRecord): boolean {
  return source.services[0] === 'ec2_state_change' && typeof fields['detail'] === 'object';
}

function isStateEvent({ category }: AuditEvent): boolean {
  return category.kind === 'instance-state';
}

function factsOf(record: LogRecord): readonly InstanceFact[] {
  if (Number.isNaN(Date.parse(record.time))) return [];
  const change = stateChangeOf(record);
  if (change === undefined) return instanceCallsOf(record).map((call) => ({ kind: 'call', ...call }));
  return [{ kind: 'change', eventId: record.id, time: record.time, ...change, record }];
}

function changeOf({ id, time, raw }: AuditEvent): TimedChange | undefined {
  const change = stateChangeOf({ fields: raw });
  return change && { eventId: id, time, ...change };
}

/** How the actor is known goes into the labels too, so that routes can tell a person's deed from a service's. */
function labelsOf({ actor, cause, sourceAddress }: AuditEvent): Readonly<Record<string, string>> {
  return {
    actor: actor.name,
    ...(sourceAddress !== undefined && { address: sourceAddress }),
    ...(cause && { cause: cause.action, via: cause.via }),
  };
}

function ends<T>(items: readonly T[]): readonly T[] {
  return items.length <= 2 * maxEvents ? items : [...items.slice(0, maxEvents), ...items.slice(-maxEvents)];
}

async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let index = 0; index < items.length; index += atOnce) {
    results.push(...(await Promise.all(items.slice(index, index + atOnce).map(work))));
  }
  return results;
}
