import { openFindingEvent } from '../contract/open.ts';

/** Letter is a message in a queue of dead letters. */
export interface Letter {
  readonly id: string;
  readonly body: string;
  /** The message's attributes: the sender names the reason there. */
  readonly attributes: Readonly<Record<string, string>>;
  /** When the message was sent, to this queue or to the one that gave it up. */
  readonly sent: Date;
  /** The receipt handle, which deletes the message while it is held. */
  readonly receipt: string;
}

/** WayBack is where the letters of a step go when they are sent again. */
export type WayBack =
  /** The step's queue, which gave the message up. */
  | { readonly kind: 'queue' }
  /** The function itself, called asynchronously as before. */
  | { readonly kind: 'function' }
  /** The bus, which gives the event to each of its rules again. */
  | { readonly kind: 'findings-bus' }
  /** The letters cannot be sent again. */
  | { readonly kind: 'none'; readonly why: string };

const itself: WayBack = { kind: 'function' };

/** The steps with dead letters, a row each, and where their letters go. */
const ways: Readonly<Record<string, WayBack>> = {
  deliver: { kind: 'queue' },
  'trail-file': { kind: 'queue' },
  'event-bus': itself,
  'logs-subscription': itself,
  probe: itself,
  verify: itself,
  watch: itself,
  flush: itself,
  compact: itself,
  report: itself,
  'findings-table': { kind: 'findings-bus' },
  kinesis: {
    kind: 'none',
    why: 'the letter names records that the stream may still hold, by shard and sequence numbers: read them with aws kinesis get-records',
  },
};

/** wayBackOf gives where the letters of a step go; undefined for a step that this version does not know. */
export function wayBackOf(step: string): WayBack | undefined {
  return Object.hasOwn(ways, step) ? ways[step] : undefined;
}

/** stepOf reads the step out of a queue's name; undefined when the queue is of another stage, or holds no dead letters. */
export function stepOf(queue: string, stage: string): string | undefined {
  const [start, end] = [`trailwatch-${stage}-`, '-dead-letters'];
  if (!queue.startsWith(start) || !queue.endsWith(end)) return undefined;
  const step = queue.slice(start.length, -end.length);
  // The stage `dev-blue` begins like the stage `dev`.
  const ofAnother = Object.keys(ways).some((known) => step !== known && step.endsWith(`-${known}`));
  return step === '' || ofAnother ? undefined : step;
}

/** Opened says whether a letter can be sent again. */
export type Opened =
  { readonly kind: 'send'; readonly way: WayBack } | { readonly kind: 'left'; readonly reason: string };

/** openLetter checks a letter before it is sent again: an unreadable one would only come back. */
export function openLetter(step: string, { body }: Pick<Letter, 'body'>): Opened {
  const way = wayBackOf(step);
  if (way === undefined)
    return { kind: 'left', reason: `dead letters of ${step} cannot be sent again by this version` };
  if (way.kind === 'none') return { kind: 'left', reason: way.why };
  const problem = step === 'deliver' || step === 'findings-table' ? findingProblem(body) : objectProblem(body);
  return problem === undefined ? { kind: 'send', way } : { kind: 'left', reason: problem };
}

function findingProblem(body: string): string | undefined {
  try {
    openFindingEvent(body);
    return undefined;
  } catch (error) {
    return `holds no finding: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function objectProblem(body: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return 'holds no JSON';
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'holds no event';
}

const maxReasonChars = 120;

/**
 * reasonOf says why a letter is among the dead letters, as far as its attributes say: Trailwatch writes them for a finding that a
 * receiver refused, Lambda for a function that failed, EventBridge for an event that it could not deliver. A queue writes none.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function reasonOf({ attributes }: Pick<Letter, 'attributes'>): string {
  const { ERROR_CODE: code, ERROR_MESSAGE: message, ErrorMessage: failure, receiver, reason } = attributes;
  const said =
    (reason !== undefined && `${receiver ?? 'a receiver'}: ${reason}`) ||
    (failure !== undefined && `the function failed: ${failure}`) ||
    (code !== undefined && `EventBridge could not deliver it: ${code}${message === undefined ? '' : `, ${message}`}`) ||
    'received as often as its queue allows; the function’s log has the reason';
  return said.length > maxReasonChars ? `${said.slice(0, maxReasonChars)}…` : said;
}
