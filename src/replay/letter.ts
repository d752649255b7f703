import { openFindingEvent } from '../contract/open.ts';

/** Letter is a message in a queue of dead letters. */
export interface Letter {
  readonly id: string;
  readonly body: string;
  /** The message's attributes: whoever put it there says why. */
  readonly attributes: Readonly<Record<string, string>>;
  /** When it was put there, or into the queue that gave it up. */
  readonly sent: Date;
  /** What deletes it, while it is held. */
  readonly receipt: string;
}

/** WayBack is where a step's letters belong. */
export type WayBack =
  /** A queue of the step's own, which gave the message up. */
  | { readonly kind: 'queue' }
  /** The function itself, called again as it was: asynchronously. */
  | { readonly kind: 'function' }
  /** The bus, which hands it to each of its rules again. */
  | { readonly kind: 'findings-bus' }
  /** None that keeps a promise. */
  | { readonly kind: 'none'; readonly why: string };

const itself: WayBack = { kind: 'function' };

/** The steps that set work aside, a row each, and how their letters go back. */
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
    why: 'it names records that the stream may still hold: the shard and its sequence numbers are in the letter (aws kinesis get-records)',
  },
};

/** wayBackOf tells where the letters of a step go; undefined for a step that this version doesn't know. */
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

/** Opened is what can be done about a letter. */
export type Opened =
  { readonly kind: 'send'; readonly way: WayBack } | { readonly kind: 'left'; readonly reason: string };

/** openLetter looks into a letter before it is sent anywhere: what nobody could read would only come back. */
export function openLetter(step: string, { body }: Pick<Letter, 'body'>): Opened {
  const way = wayBackOf(step);
  if (way === undefined) return { kind: 'left', reason: `no way back is known for what ${step} gave up` };
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
 * reasonOf says why a letter is there, as far as anybody wrote that down: Trailwatch for what a receiver refused, Lambda for
 * what a function failed at, EventBridge for what it could not hand over. A queue that gives up says nothing.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function reasonOf({ attributes }: Pick<Letter, 'attributes'>): string {
  const { ERROR_CODE: code, ERROR_MESSAGE: message, ErrorMessage: failure, receiver, reason } = attributes;
  const said =
    (reason !== undefined && `${receiver ?? 'a receiver'}: ${reason}`) ||
    (failure !== undefined && `the function failed: ${failure}`) ||
    (code !== undefined &&
      `EventBridge could not hand it over: ${code}${message === undefined ? '' : `, ${message}`}`) ||
    'tried as often as its queue allows: the log of the function says why';
  return said.length > maxReasonChars ? `${said.slice(0, maxReasonChars)}…` : said;
}
