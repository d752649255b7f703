import type { Fields, Ingested } from '../../model/log-record.ts';
import { storeTime } from '../../time/store-time.ts';
import { datedBy, distinctId, isObject } from '../ingested.ts';
import type { OpenOrigin, Opener } from '../ingested.ts';
import { packedTexts } from '../unwrap/packed-text.ts';
import { valuesInText } from '../unwrap/values-in-text.ts';

/** LogEvent is one event as a store, a queue or a stream hands it out, with what it says of it. */
interface LogEvent {
  readonly content: unknown;
  /** Content that is base64 wherever it comes from. */
  readonly packed?: true;
  readonly time?: unknown;
  readonly id?: unknown;
}

/**
 * How stores hand out one event. Each is opened whatever it holds: also an application's own line is an event with a time. A new
 * one is a row.
 */
const events: readonly ((value: Fields) => LogEvent | undefined)[] = [
  // CloudWatch Logs: FilterLogEvents, GetLogEvents. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html
  ({ message, timestamp, ingestionTime, eventId }) =>
    typeof message === 'string' && typeof timestamp === 'number' && typeof ingestionTime === 'number'
      ? { content: message, time: timestamp, id: eventId }
      : undefined,
  // CloudWatch Logs Insights, a row of GetQueryResults or of an export.
  (value) =>
    typeof value['@message'] === 'string'
      ? { content: value['@message'], time: value['@timestamp'], id: value['@ptr'] }
      : undefined,
  // Splunk: a result, its event whole.
  ({ _raw, _time }) => (typeof _raw === 'string' ? { content: _raw, time: _time } : undefined),
  // Elasticsearch and OpenSearch: a hit.
  ({ _index, _id, _source }) =>
    isObject(_source) && (_index ?? _id) !== undefined ? { content: _source, id: _id } : undefined,
  // Loki: an entry, from its API or from logcli.
  (value) =>
    typeof value['line'] === 'string' && Object.keys(value).every((name) => ofLoki.has(name))
      ? { content: value['line'], time: value['timestamp'] ?? value['ts'] }
      : undefined,
  // Datadog: an event of the search API. https://docs.datadoghq.com/api/latest/logs/
  ({ type, attributes, id }) =>
    type === 'log' && isObject(attributes) ? { content: attributes, time: attributes['timestamp'], id } : undefined,
  // SQS: a message of ReceiveMessage.
  ({ Body, MessageId }) => (typeof Body === 'string' && typeof MessageId === 'string' ? { content: Body } : undefined),
  // Kinesis: a record of GetRecords.
  ({ Data, SequenceNumber, ApproximateArrivalTimestamp }) =>
    typeof Data === 'string' && SequenceNumber !== undefined
      ? { content: Data, packed: true, time: ApproximateArrivalTimestamp }
      : undefined,
  // Kinesis: a record of the event that Lambda gets.
  ({ kinesis }) =>
    isObject(kinesis) && typeof kinesis['data'] === 'string'
      ? { content: kinesis['data'], packed: true, time: kinesis['approximateArrivalTimestamp'] }
      : undefined,
  // Firehose: a record of the event that a transformation gets.
  ({ data, recordId, approximateArrivalTimestamp }) =>
    typeof data === 'string' && recordId !== undefined
      ? { content: data, packed: true, time: approximateArrivalTimestamp }
      : undefined,
];

/** All that Loki and what reads it say of an entry. */
const ofLoki: ReadonlySet<string> = new Set([
  'line',
  'timestamp',
  'ts',
  'tsNs',
  'labels',
  'date',
  'fields',
  'id',
  'Time',
]);

/** isLogEvent recognises one event as a store, a queue or a stream hands it out. */
export function isLogEvent(value: Fields): boolean {
  return eventOf(value) !== undefined;
}

/** openLogEvent opens what the event holds, dated by the store where it doesn't date itself. */
export function* openLogEvent(value: Fields, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  const event = eventOf(value);
  if (event === undefined) return;
  const time = storeTime(event.time);
  const base = time === undefined ? origin : datedBy(origin, time);
  const contents = event.packed === true ? unpacked(String(event.content)) : [event.content];
  const own = contents.length === 1 && typeof event.id === 'string' && event.id !== '' ? event.id : undefined;
  let { index } = origin;
  for (const content of contents) {
    const id = own ?? distinctId([time ?? '', JSON.stringify(content)], origin);
    const here: OpenOrigin = { ...base, index, id };
    const items = typeof content === 'string' ? open.text(content, here) : open.value(content, here);
    for (const item of items) {
      yield item;
      index++;
    }
  }
}

function eventOf(value: Fields): LogEvent | undefined {
  for (const event of events) {
    const found = event(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a stream's record holds: JSON values behind each other, lines, or what its base64 says. */
function unpacked(data: string): readonly unknown[] {
  const texts = packedTexts(data);
  return (texts.length === 0 ? [data] : texts).flatMap((text): readonly unknown[] => {
    const values = valuesInText(text);
    return values ?? text.split('\n').filter((line) => line.trim() !== '');
  });
}
