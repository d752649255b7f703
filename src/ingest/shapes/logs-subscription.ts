import { gunzipSync } from 'node:zlib';
import type { Fields, Ingested } from '../../model/log-record.ts';
import { failure, isObject, kindOf, quote, skippedOfAws } from '../ingested.ts';
import type { OpenOrigin, Opener } from '../ingested.ts';
import { parseJson } from '../json/json-text.ts';
import { codeOf, messageOf } from '../../text/system-error.ts';
import { epochTime } from '../../time/iso-time.ts';

/** A Lambda takes 6 MB of base64; text gzipped ten to one stays below this, a bomb doesn't. */
const maxPayloadBytes = 64 * 1024 * 1024;

/** The path of an event that came straight from CloudWatch Logs, not out of a file. */
export const subscriptionPath = 'cloudwatch-logs';

/** How the paths of what came by a Kinesis stream begin. */
export const transportPath = 'kinesis:';

/** isSubscriptionEvent recognises what CloudWatch Logs hands to a Lambda. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html */
export function isSubscriptionEvent(value: Fields): boolean {
  return isObject(value['awslogs']) && typeof value['awslogs']['data'] === 'string';
}

/** openSubscriptionEvent decodes its gzipped base64 and opens the payload inside. */
export function* openSubscriptionEvent(value: Fields, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  const data = isObject(value['awslogs']) ? value['awslogs']['data'] : undefined;
  if (typeof data !== 'string') {
    yield failure(origin, 'CloudWatch Logs subscription event without awslogs.data');
    return;
  }
  const decoded = decode(data);
  if (typeof decoded !== 'string') yield failure(origin, `CloudWatch Logs subscription event: ${decoded.reason}`);
  else {
    const parsed = parseJson(decoded);
    if (!parsed.ok) yield failure(origin, `CloudWatch Logs subscription payload: ${parsed.reason}`);
    else if (isObject(parsed.value) && isSubscriptionPayload(parsed.value))
      yield* openSubscriptionPayload(parsed.value, origin, open);
    else yield failure(origin, 'CloudWatch Logs subscription payload without a messageType and logEvents');
  }
}

/** isSubscriptionPayload recognises the decoded payload, also as Firehose writes it to S3. */
export function isSubscriptionPayload(value: Fields): boolean {
  return typeof value['messageType'] === 'string' && Array.isArray(value['logEvents']);
}

/** openSubscriptionPayload opens every log event; a control message, which only checks that the destination is reachable, has none. */
export function* openSubscriptionPayload(value: Fields, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  const type = value['messageType'];
  if (type === 'CONTROL_MESSAGE') {
    yield skippedOfAws(origin, 'CloudWatch Logs control message: checks the destination, contains no records');
    return;
  }
  if (type !== 'DATA_MESSAGE') {
    yield failure(origin, `CloudWatch Logs payload of unknown messageType ${quote(String(type))}`);
    return;
  }
  // From a subscription or a stream, the log stream is where a person finds the event again; from a file, the file is.
  const place =
    origin.path === subscriptionPath || origin.path.startsWith(transportPath)
      ? { path: `${String(value['logGroup'])}:${String(value['logStream'])}`, index: 0 }
      : { path: origin.path, index: origin.index };
  const { owner, logGroup } = value;
  const inGroup = typeof logGroup === 'string' ? open.at({ kind: 'group', name: logGroup }) : open;
  const events: readonly unknown[] = Array.isArray(value['logEvents']) ? value['logEvents'] : [];
  for (const [index, event] of events.entries()) {
    yield* openLogEvent(
      event,
      { path: place.path, index: place.index + index, ...(typeof owner === 'string' && { account: owner }) },
      inGroup,
    );
  }
}

function* openLogEvent(event: unknown, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  if (!isObject(event)) {
    yield failure(origin, `CloudWatch log event is ${kindOf(event)}, not an object`);
    return;
  }
  const { id, timestamp, message } = event;
  if (typeof message !== 'string') {
    yield failure(origin, `CloudWatch log event without a message (it is ${kindOf(message)})`);
    return;
  }
  const time = typeof timestamp === 'number' ? epochTime(timestamp) : undefined;
  yield* open.text(message, {
    ...origin,
    ...(time !== undefined && { time }),
    ...(typeof id === 'string' && id !== '' && { id }),
  });
}

function decode(data: string): string | { readonly reason: string } {
  try {
    return gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: maxPayloadBytes }).toString('utf8');
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE')
      return { reason: `unpacks to more than ${maxPayloadBytes} bytes (gzip bomb?)` };
    return { reason: `awslogs.data is not gzip in base64 (${messageOf(error)})` };
  }
}
