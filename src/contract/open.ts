import * as v from 'valibot';
import { levels } from '../model/level.ts';
import type { Finding } from '../model/finding.ts';
import { findingDetailType, findingSource, findingVersion } from './detail.ts';

/** FindingEventError says why the body of a queue's message is not a finding, or not one that this version can read. */
export class FindingEventError extends Error {
  override readonly name = 'FindingEventError';
}

/**
 * openFindingEvent reads a finding from the body of an SQS message: the EventBridge event that the findings bus put there,
 * also one replayed from its archive.
 * @throws {FindingEventError} when the body is anything else, or of an unknown version.
 */
export function openFindingEvent(body: string): Finding {
  const event = read(envelopeSchema, parse(body), 'event');
  if (event.detail.version !== findingVersion) {
    throw new FindingEventError(
      `detail.version: expected "${findingVersion}", got ${JSON.stringify(event.detail.version)}: deploy the version of Trailwatch that wrote it`,
    );
  }
  return read(findingSchema, event.detail, 'detail');
}

const text = v.string();
const texts = v.array(text);
// Kept as it is: a schema that rebuilds it would drop keys such as `__proto__`.
const fields = v.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
);

const category = v.variant('kind', [
  v.object({
    kind: v.picklist(['management', 'data', 'insight', 'network-activity']),
    access: v.picklist(['read', 'write']),
    via: v.picklist(['api-call', 'sign-in', 'service-event', 'insight']),
  }),
  v.object({
    kind: v.literal('authentication'),
    result: v.picklist(['success', 'failure', 'session', 'privilege-use']),
  }),
  v.object({ kind: v.literal('instance-state'), state: text, before: v.exactOptional(text) }),
  v.object({ kind: v.literal('other') }),
]);

const actor = v.object({
  kind: v.picklist(['root', 'iam-user', 'role', 'federated', 'service', 'host-user', 'anonymous', 'unknown']),
  name: text,
  arn: v.exactOptional(text),
  account: v.exactOptional(text),
  accessKeyId: v.exactOptional(text),
  chain: texts,
  mfa: v.exactOptional(v.boolean()),
});

const outcome = v.variant('kind', [
  v.object({ kind: v.literal('success') }),
  v.object({ kind: v.literal('failure'), code: text, message: v.exactOptional(text) }),
]);

const auditEvent = v.object({
  id: text,
  time: text,
  source: v.object({ product: text, services: texts, category: v.exactOptional(text) }),
  category,
  account: v.exactOptional(text),
  region: v.exactOptional(text),
  service: text,
  action: text,
  actor,
  sourceAddress: v.exactOptional(text),
  userAgent: v.exactOptional(text),
  targets: v.array(v.object({ kind: text, id: text })),
  outcome,
  cause: v.exactOptional(
    v.object({
      eventId: text,
      time: text,
      service: text,
      action: text,
      via: v.picklist(['console', 'api', 'service']),
    }),
  ),
  summary: v.exactOptional(v.array(v.object({ title: text, lines: texts }))),
  origin: v.object({ path: text, index: v.number() }),
  raw: fields,
});

const findingSchema = v.object({
  id: v.pipe(text, v.minLength(1)),
  fingerprint: v.pipe(text, v.minLength(1)),
  rule: v.object({
    id: text,
    title: text,
    level: v.picklist(levels),
    description: v.exactOptional(text),
    tags: texts,
    falsePositives: texts,
    references: texts,
    runbook: v.exactOptional(text),
  }),
  time: text,
  event: auditEvent,
  correlated: v.array(auditEvent),
  evidence: v.array(v.object({ field: text, value: text, wanted: text })),
  labels: v.record(text, text),
  completes: v.exactOptional(text),
  omitted: v.exactOptional(texts),
}) satisfies v.GenericSchema<unknown, Finding>;

const envelopeSchema = v.object({
  source: v.literal(findingSource),
  'detail-type': v.literal(findingDetailType),
  detail: v.looseObject({ version: v.unknown() }),
});

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new FindingEventError('event: the message body is not JSON', { cause });
  }
}

function read<Schema extends v.GenericSchema>(schema: Schema, value: unknown, what: string): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = [what, v.getDotPath(issue)].filter((part) => part !== null).join('.');
  // The message leaves out the received value, which may be anything, of any size.
  const wrong = issue.received === 'undefined' ? 'is missing' : `expected ${issue.expected ?? issue.message}`;
  throw new FindingEventError(`${path}: ${wrong}`);
}
