import type { Check } from '../check.ts';
import { athena, tables } from './athena.ts';
import { bucketEvents, bucketPolicy, bucketPublic } from './bucket.ts';
import { eventRules, eventsArrive } from './event-rules.ts';
import { logGroups } from './log-groups.ts';
import { clock, node, region, version } from './machine.ts';
import { lambdaConcurrency, ruleQuota } from './quotas.ts';
import { alarms, deadLetters, queues } from './queues.ts';
import { reachable, secrets, subscriptions } from './receivers.ts';
import { drift, functions, stackState, state } from './stack.ts';
import { logging, trail } from './trail.ts';

/** checks is the table of the doctor's checks, in the order of its output. */
export const checks: readonly Check[] = [
  node,
  clock,
  stackState,
  drift,
  version,
  region,
  functions,
  state,
  trail,
  logging,
  bucketPolicy,
  bucketEvents,
  bucketPublic,
  logGroups,
  eventRules,
  eventsArrive,
  deadLetters,
  queues,
  alarms,
  subscriptions,
  secrets,
  reachable,
  lambdaConcurrency,
  ruleQuota,
  athena,
  tables,
];
