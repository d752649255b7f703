import type { Intrinsic, Statement, Text } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

/**
 * FunctionRow is all that a function is: its configuration, what sets it going, and what it may do. Its key gives every name:
 * `trailFile` is the function `trail-file` of `functions/trail-file.ts`, with `TrailFileRole`, `TrailFileDeadLetters` and
 * `TrailFileDeadLettersAlarm`.
 */
export interface FunctionRow {
  /** What it does, in one sentence: the function's description. */
  readonly does: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Temporary storage; 512 MB when absent. */
  readonly diskMb?: number;
  /** How often Lambda calls it again after a failed asynchronous call; twice when absent. */
  readonly retries?: 0 | 1 | 2;
  readonly environment: (stage: Stage) => Readonly<Record<string, Text>>;
  readonly source: Source;
  /** What it may do in addition to writing its logs, traces and dead letters, or reading its queue. */
  readonly may: (stage: Stage) => readonly Statement[];
}

/** Source sets a function going. */
export type Source =
  /** EventBridge rules call it: schedules, events. */
  | { readonly kind: 'rules'; readonly rules: (stage: Stage) => readonly Rule[] }
  /** It reads a queue that EventBridge rules send to. `tries`: how often a message is received before it is a dead letter. */
  | { readonly kind: 'queue'; readonly rules: (stage: Stage) => readonly Rule[]; readonly tries: number }
  /** Subscriptions of log groups call it: deploy/resources/subscriptions.ts. */
  | { readonly kind: 'subscriptions' }
  /** It reads a Kinesis stream: deploy/resources/logs-stream.ts. */
  | { readonly kind: 'stream' };

/** Rule is an EventBridge rule: a schedule, or a pattern of events. */
export interface Rule {
  /** The logical id. */
  readonly id: string;
  /** The name behind the stage's prefix. */
  readonly name: string;
  readonly description: string;
  readonly when: Schedule | Pattern;
  /** What the function gets in place of the event. */
  readonly input?: { readonly InputPathsMap: Readonly<Record<string, string>>; readonly InputTemplate: string };
  readonly retry?: { readonly MaximumEventAgeInSeconds: number; readonly MaximumRetryAttempts: number };
}

interface Schedule {
  /** `rate(…)` or `cron(…)`, in UTC. */
  readonly schedule: string;
}

export interface Pattern {
  readonly pattern: Readonly<Record<string, unknown>>;
  /** The default bus when absent. */
  readonly bus?: string | Intrinsic;
  readonly state?: 'ENABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
}

/** namesOf gives the names that follow from a row's key. */
export function namesOf(key: string) {
  return {
    /** `TrailFile` */
    id: `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
    /** `trail-file` */
    name: key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  };
}
