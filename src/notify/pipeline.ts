import type { Finding } from '../model/finding.ts';
import { messageOf } from './message.ts';
import type { MessageContext } from './message.ts';
import type { Notification } from './notification.ts';
import { DeliveryError } from './receiver.ts';
import type { DeliveryReason, Receiver } from './receiver.ts';
import type { DeliveryKey, Lease, SeenStore } from './seen-store.ts';
import { tellingOf, tellingsOf, wholeOf } from './telling.ts';

export interface Delivery {
  readonly receivers: readonly Receiver[];
  readonly seen: SeenStore;
  readonly now: () => Date;
  readonly context?: MessageContext;
  /** Milliseconds that one send may take; then it counts as failed and worth retrying. */
  readonly sendTimeoutMs?: number;
}

/** Outcome is what became of one finding at one receiver, with the reason. */
export type Outcome = { readonly findingId: string; readonly receiver: string } & (
  | {
      readonly kind: 'delivered';
      /** Set when it arrived but could not be recorded: a later copy of the finding may arrive again. */
      readonly unrecorded?: DeliveryError;
    }
  | { readonly kind: 'already-delivered'; readonly why: string }
  | { readonly kind: 'failed'; readonly error: DeliveryError }
);

const defaultSendTimeoutMs = 15_000;

/**
 * deliver sends findings to every receiver that hasn't had them, and returns what became of each finding at each
 * receiver: findings in their order, and of each the receivers in theirs. It never throws for a finding or a receiver.
 * Receivers work side by side, so none waits for another.
 */
export async function deliver(findings: readonly Finding[], delivery: Delivery): Promise<readonly Outcome[]> {
  // The same fact may be in one batch twice; copies share what becomes of the first.
  const facts = new Map(findings.toReversed().map((finding) => [tellingOf(finding), finding]));
  const notifications = findings
    .filter((finding) => facts.get(tellingOf(finding)) === finding)
    .map((finding) => notificationOf(finding, delivery.context));

  const byReceiver = await Promise.all(
    delivery.receivers.map((receiver) =>
      inOrder(notifications, receiver.concurrency, (notification) => deliverOne(notification, receiver, delivery)),
    ),
  );
  const place = new Map(notifications.map(({ id }, index) => [id, index]));
  const told = new Set<string>();
  return findings.map(tellingOf).flatMap((id) => {
    const again = told.has(id);
    told.add(id);
    return byReceiver.flatMap((outcomes) => {
      const outcome = outcomes[place.get(id) ?? -1];
      return outcome === undefined ? [] : [again ? copyOf(outcome) : outcome];
    });
  });
}

/** failuresOf keeps the failed outcomes, in their order. */
export function failuresOf(outcomes: readonly Outcome[]): readonly (Outcome & { readonly kind: 'failed' })[] {
  return outcomes.filter((outcome) => outcome.kind === 'failed');
}

function notificationOf(finding: Finding, context: MessageContext | undefined): Notification {
  return { id: tellingOf(finding), finding, message: messageOf(finding, context) };
}

function copyOf(outcome: Outcome): Outcome {
  if (outcome.kind !== 'delivered') return outcome;
  const { findingId, receiver } = outcome;
  return { findingId, receiver, kind: 'already-delivered', why: 'a copy in the same batch was delivered' };
}

// The stages of one notification at one receiver: dedupe, deliver, record.
async function deliverOne(notification: Notification, receiver: Receiver, delivery: Delivery): Promise<Outcome> {
  const { finding } = notification;
  const at = { findingId: finding.id, receiver: receiver.name };
  const own = await dedupeStage({ ...at, findingId: notification.id }, delivery);
  if (own.kind !== 'deliver') return { ...at, ...own };

  // What completes an alert is a few words where the alert was sent, and the alert itself where it overtook that.
  const alert = finding.completes === undefined ? undefined : await dedupeStage(at, delivery);
  if (alert?.kind === 'failed') {
    await quietly(() => delivery.seen.release(own.lease));
    return { ...at, ...alert };
  }
  const leases = [own.lease, ...(alert?.kind === 'deliver' ? [alert.lease] : [])];
  const sent = alert?.kind === 'deliver' ? notificationOf(wholeOf(finding), delivery.context) : notification;

  const error = await deliverStage(sent, receiver, delivery);
  if (error !== undefined) {
    for (const lease of leases) await quietly(() => delivery.seen.release(lease));
    return { ...at, kind: 'failed', error };
  }
  // An alert that says who did it needs no completing, so that counts as delivered too.
  for (const findingId of tellingsOf(sent.finding)) {
    if (leases.every(({ key }) => key.findingId !== findingId)) leases.push({ key: { ...at, findingId }, token: '' });
  }
  const problems = await Promise.all(leases.map((lease) => recordStage(lease, delivery)));
  const unrecorded = problems.find((problem) => problem !== undefined);
  return { ...at, kind: 'delivered', ...(unrecorded && { unrecorded }) };
}

type Dedupe =
  | { readonly kind: 'deliver'; readonly lease: Lease }
  | { readonly kind: 'already-delivered'; readonly why: string }
  | { readonly kind: 'failed'; readonly error: DeliveryError };

async function dedupeStage(key: DeliveryKey, { seen, now }: Delivery): Promise<Dedupe> {
  try {
    const claim = await seen.claim(key, now());
    switch (claim.kind) {
      case 'granted':
        return { kind: 'deliver', lease: claim.lease };
      case 'delivered':
        return { kind: 'already-delivered', why: `delivered at ${claim.at}` };
      case 'held':
        // Not a success: if the holder crashes, this copy must come back and be delivered.
        return failedDedupe(
          'held',
          `${key.receiver}: another delivery of this finding is under way until ${claim.until}`,
        );
      default:
        throw new Error(claim satisfies never);
    }
  } catch (cause) {
    return failedDedupe(
      'state-unavailable',
      `${key.receiver}: could not ask whether it was delivered: ${text(cause)}`,
      cause,
    );
  }
}

function failedDedupe(reason: DeliveryReason, message: string, cause?: unknown): Dedupe {
  return { kind: 'failed', error: new DeliveryError(message, { reason, retryable: true, cause }) };
}

async function deliverStage(
  notification: Notification,
  receiver: Receiver,
  { sendTimeoutMs = defaultSendTimeoutMs }: Delivery,
): Promise<DeliveryError | undefined> {
  const attempt = new AbortController();
  const timer = setTimeout(() => attempt.abort(), sendTimeoutMs);
  try {
    const late = rejectWhen(attempt.signal, `${receiver.name}: no answer within ${sendTimeoutMs} ms`);
    await Promise.race([receiver.send(notification, attempt.signal), late]);
    return undefined;
  } catch (cause) {
    if (cause instanceof DeliveryError) return cause;
    // Nobody knows what went wrong, so the finding stays in the queue; a permanent fault ends in the dead letters.
    return new DeliveryError(`${receiver.name}: ${text(cause)}`, { reason: 'unexpected', retryable: true, cause });
  } finally {
    clearTimeout(timer);
  }
}

async function recordStage(lease: Lease, { seen, now }: Delivery): Promise<DeliveryError | undefined> {
  try {
    await seen.record(lease, now());
    return undefined;
  } catch (cause) {
    const message = `${lease.key.receiver}: delivered, but that could not be recorded: ${text(cause)}`;
    return new DeliveryError(message, { reason: 'state-unavailable', retryable: false, cause });
  }
}

// A receiver may ignore the signal; the pipeline doesn't wait for it any longer either way.
function rejectWhen(signal: AbortSignal, message: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DeliveryError(message, { reason: 'timeout', retryable: true })));
  });
}

// A lease that can't be given back ends by itself.
async function quietly(work: () => Promise<void>): Promise<void> {
  await work().catch(() => undefined);
}

async function inOrder<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

function text(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
