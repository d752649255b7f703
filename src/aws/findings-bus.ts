import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventBridgeClient, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { findingDetail, findingDetailType, findingSource } from '../contract/detail.ts';
import type { Finding } from '../model/finding.ts';
import { awsFailureOf, awsVerdict } from '../retry/aws-failure.ts';
import { backoffMs, type Random, type Sleep } from '../retry/backoff.ts';
import type { Failure, FailureReason } from '../retry/failure.ts';

export interface FindingsBusOptions {
  readonly client: Pick<EventBridgeClient, 'send'>;
  /** The bus's name or ARN. */
  readonly bus: string;
  readonly sleep: Sleep;
  readonly random: Random;
  /** How often an entry is tried before it counts as failed. */
  readonly maxTries?: number;
}

/** FindingsBus publishes findings, many at a time. */
export interface FindingsBus {
  /** publish sends all it can and returns the findings that the bus did not take, each with the reason. It never throws. */
  readonly publish: (findings: readonly Finding[], signal?: AbortSignal) => Promise<readonly Unpublished[]>;
}

/** Unpublished is a finding that did not reach the bus. */
export interface Unpublished {
  readonly finding: Finding;
  readonly error: PublishError;
}

/** PublishError says why findings are not on a bus, and whether publishing them again can help. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
  readonly reason: FailureReason;
  readonly retryable: boolean;

  constructor(message: string, { reason, retryable }: Failure, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.retryable = retryable;
  }
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
const maxEntries = 10;
const maxRequestBytes = 262_144;
// The queue behind the bus holds the event with its envelope, which must fit its own limit too.
const maxEntryBytes = 240_000;

/** createFindingsBus publishes on an EventBridge bus in the contract of `schemas/finding.schema.json`. */
export function createFindingsBus(options: FindingsBusOptions): FindingsBus {
  return {
    publish: async (findings, signal) => {
      const unpublished: Unpublished[] = [];
      const parcels: Parcel[] = [];
      for (const finding of findings) {
        const parcel = parcelOf(finding, options.bus);
        if (parcel === undefined) unpublished.push({ finding, error: tooLarge(finding) });
        else parcels.push(parcel);
      }
      for (const batch of batchesOf(parcels)) unpublished.push(...(await send(batch, options, signal)));
      return unpublished;
    },
  };
}

interface Parcel {
  readonly finding: Finding;
  readonly entry: PutEventsRequestEntry;
  readonly bytes: number;
}

function parcelOf(finding: Finding, bus: string): Parcel | undefined {
  // An entry counts with its source, detail type and detail; other fields only when they are set.
  const overhead = Buffer.byteLength(findingSource) + Buffer.byteLength(findingDetailType);
  const detail = findingDetail(finding, maxEntryBytes - overhead);
  if (detail === undefined) return undefined;
  return {
    finding,
    entry: { EventBusName: bus, Source: findingSource, DetailType: findingDetailType, Detail: detail.json },
    bytes: overhead + Buffer.byteLength(detail.json),
  };
}

function tooLarge({ id, rule }: Finding): PublishError {
  return new PublishError(`finding ${id} of rule ${rule.id} is too large for an event, even shortened`, {
    reason: 'too-large',
    retryable: false,
  });
}

function batchesOf(parcels: readonly Parcel[]): readonly (readonly Parcel[])[] {
  const batches: Parcel[][] = [];
  let bytes = 0;
  for (const parcel of parcels) {
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === maxEntries || bytes + parcel.bytes > maxRequestBytes) {
      batches.push([parcel]);
      bytes = parcel.bytes;
    } else {
      batch.push(parcel);
      bytes += parcel.bytes;
    }
  }
  return batches;
}

/** Sends a batch, then only what failed of it and may succeed, and returns what is left in the end. */
async function send(
  batch: readonly Parcel[],
  { client, sleep, random, maxTries = 5 }: FindingsBusOptions,
  signal: AbortSignal | undefined,
): Promise<readonly Unpublished[]> {
  const failed: Unpublished[] = [];
  let pending = batch;
  for (let attempt = 1; ; attempt += 1) {
    const errors = await putEvents(pending, client, signal);
    const again: Parcel[] = [];
    for (const [index, parcel] of pending.entries()) {
      const error = errors[index];
      if (error === undefined) continue;
      if (error.retryable && attempt < maxTries && signal?.aborted !== true) again.push(parcel);
      else failed.push({ finding: parcel.finding, error });
    }
    if (again.length === 0) return failed;
    pending = again;
    // A wait that is broken off goes on to the last try, which then says that the time was up.
    await sleep(backoffMs(attempt, random), signal).catch(() => undefined);
  }
}

/** Puts the entries once and returns the error of each, at its place. */
async function putEvents(
  parcels: readonly Parcel[],
  client: FindingsBusOptions['client'],
  signal: AbortSignal | undefined,
): Promise<readonly (PublishError | undefined)[]> {
  try {
    const answer = await client.send(
      new PutEventsCommand({ Entries: parcels.map(({ entry }) => entry) }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    // 200 says only that the request was read: each entry has its own answer, in the order they were sent.
    return parcels.map((_parcel, index) => {
      const result = answer.Entries?.[index];
      if (result?.EventId !== undefined && result.ErrorCode === undefined) return undefined;
      const code = result?.ErrorCode ?? 'NoAnswer';
      const said = result?.ErrorMessage ?? 'the bus did not say that it took the event';
      return new PublishError(`${code}: ${said}`, entryVerdict(code));
    });
  } catch (cause) {
    const { text, ...failure } = awsFailureOf(cause);
    const error = new PublishError(text, failure, cause);
    return parcels.map(() => error);
  }
}

function entryVerdict(code: string): Failure {
  // An entry has no HTTP status. What isn't known to pass is refused for good, but for an answer that is missing.
  return awsVerdict(code, code === 'NoAnswer' ? 503 : 400);
}
