import { PublishCommand } from '@aws-sdk/client-sns';
import type { MessageAttributeValue, PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { Notification } from '../message/notification.ts';
import type { Receiver } from './receiver.ts';
import { headlineOf, type Headline } from '../render/headline.ts';
import { clip, clipBytes, shown } from '../../text/escape.ts';
import { renderText } from '../render/text.ts';
import { awsFailure } from './aws-failure.ts';

export interface SnsOptions {
  readonly name?: string;
  readonly client: Pick<SNSClient, 'send'>;
  readonly topicArn: string;
}

/** createSns publishes to a topic: text that reads well as mail, and attributes that subscriptions filter on. */
export function createSns({ name = 'sns', client, topicArn }: SnsOptions): Receiver {
  return {
    name,
    concurrency: 4,
    send: async (notification, signal) => {
      try {
        await client.send(new PublishCommand(publishInput(notification, topicArn)), { abortSignal: signal });
      } catch (cause) {
        throw awsFailure(name, cause);
      }
    },
  };
}

// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
const maxBytes = 262_144;
const maxSubjectChars = 99;
const mailWidth = 76;
const cutMark = '\n… cut here: the message was longer than SNS takes. The finding is whole on the findings bus.\n';

function publishInput(notification: Notification, topicArn: string): PublishCommandInput {
  const { finding, group, id, message } = notification;
  const headline = headlineOf(notification);
  const subject = subjectOf(headline);
  const attributes = attributesOf(notification, headline);
  const body = renderText(message, { detail: 'full', width: mailWidth }, group);
  return {
    TopicArn: topicArn,
    Subject: subject,
    // Attributes count towards the limit; the subject may too, since no page says otherwise.
    Message: clipBytes(body, maxBytes - bytesOf(attributes) - Buffer.byteLength(subject), cutMark),
    MessageAttributes: attributes,
    // A FIFO topic keeps the order of one fingerprint, and drops a notification that comes again within five minutes.
    ...(topicArn.endsWith('.fifo') && { MessageGroupId: finding.fingerprint, MessageDeduplicationId: id }),
  };
}

/** A subject is ASCII, begins with a letter, number or punctuation, has no line break, and is under 100 characters. */
function subjectOf({ level, title }: Headline): string {
  const ascii = shown(title, 200)
    .replaceAll('→', '>')
    .replaceAll('…', '...')
    // `é` becomes `e` and a mark, which goes; what has no such form becomes `?`.
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '?');
  return clip(`[${level.toUpperCase()}] ${ascii}`, maxSubjectChars, '...').trimEnd();
}

/**
 * A group has the attributes of its first finding, except for the level, which is the highest of all: a subscription to severe
 * findings must not miss one.
 *
 * Ten attributes at most: a subscription with raw delivery to SQS drops messages that have more.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
 */
function attributesOf({ finding }: Notification, { level }: Headline): Record<string, MessageAttributeValue> {
  const { event, rule } = finding;
  const texts = {
    level,
    rule: rule.id,
    account: event.account,
    region: event.region,
    source: finding.labels['source'] ?? event.source.services[0] ?? event.source.product,
    category: event.category.kind,
    service: event.service,
    action: event.action,
    outcome: event.outcome.kind,
  };
  const attributes: Record<string, MessageAttributeValue> = {};
  for (const [key, value] of Object.entries(texts)) {
    // SNS refuses an attribute without a value.
    if (value !== undefined && value !== '') {
      attributes[key] = { DataType: 'String', StringValue: shown(value, 200) };
    }
  }
  if (rule.tags.length > 0) {
    const tags = rule.tags.slice(0, 50).map((tag) => shown(tag, 100));
    attributes['tags'] = { DataType: 'String.Array', StringValue: JSON.stringify(tags) };
  }
  return attributes;
}

function bytesOf(attributes: Record<string, MessageAttributeValue>): number {
  return Object.entries(attributes).reduce(
    (sum, [key, { DataType = '', StringValue = '' }]) =>
      sum + Buffer.byteLength(key) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue),
    0,
  );
}
