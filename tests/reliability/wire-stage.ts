import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { startFauxqs } from 'fauxqs';
import { createDynamoDeliveryState } from '../../src/aws/state-table/delivery-state.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { DeliveryState } from '../../src/notify/delivery/state/delivery-state.ts';
import { findingDetailType, findingSource } from '../../src/contract/detail.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { startHttpServer } from '../support/http-server.ts';
import { startLocalStateTable } from '../support/local-state-table.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { findingOf } from './findings.ts';

type Service = 'dynamodb' | 'sns' | 'sqs' | 'ssm' | 'slack';

/** WireStage is the local endpoints of a stage, behind a proxy that can make each of them fail. */
export interface WireStage {
  readonly proxy: FaultProxy<Service>;
  readonly environment: Readonly<Record<string, string>>;
  /** The state as it is, past the proxy. */
  readonly truth: DeliveryState;
  /** taken gives the notifications of a receiver, as they arrived. */
  readonly taken: (receiver: WireReceiver) => readonly string[];
  readonly deadLetters: () => readonly string[];
  readonly close: () => Promise<void>;
}

export type WireReceiver = 'sns' | 'slack';
export const wireReceivers: readonly WireReceiver[] = ['sns', 'slack'];

const region = 'eu-west-1';
const slackParameter = '/trailwatch/dev/slack';

export interface WireStageOptions {
  /** Where the state table is; a local one of its own without it. */
  readonly table?: { readonly url: string; readonly name: string };
}

export async function startWireStage(options: WireStageOptions = {}): Promise<WireStage> {
  const [ownTable, aws] = await Promise.all([
    options.table === undefined ? startLocalStateTable() : undefined,
    startFauxqs({ port: 0, logger: false, host: '127.0.0.1', defaultRegion: region }),
  ]);
  const table = options.table ?? ownTable ?? { url: '', name: '' };
  const { topicArn } = aws.createTopic('alerts', { region });
  aws.createQueue('inbox', { region });
  aws.subscribe({ topic: 'alerts', queue: 'inbox', region });
  const { queueUrl } = aws.createQueue('dead-letters', { region });
  const posts: string[] = [];
  const slack = await startHttpServer(({ body }) => {
    posts.push(body);
    return { status: 200, body: 'ok' };
  });
  let webhook = '';
  const ssm = await startHttpServer(() => ({
    status: 200,
    body: JSON.stringify({ Parameter: { Name: slackParameter, Type: 'SecureString', Value: webhook } }),
    headers: { 'content-type': 'application/x-amz-json-1.1' },
  }));
  const awsUrl = `http://127.0.0.1:${aws.port}`;
  const proxy = await startFaultProxy<Service>({
    dynamodb: table.url,
    sns: awsUrl,
    sqs: awsUrl,
    ssm: ssm.url,
    slack: slack.url,
  });
  webhook = `${proxy.urls.slack}/services/T0/B0/secret`;

  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: table.url, region, credentials });
  let tokens = 0;
  return {
    proxy,
    truth: createDynamoDeliveryState({
      client,
      table: table.name,
      newToken: () => `onlooker-${(tokens += 1)}`,
      now: () => new Date(),
    }),
    environment: {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_ENDPOINT_URL_DYNAMODB: proxy.urls.dynamodb,
      AWS_ENDPOINT_URL_SNS: proxy.urls.sns,
      AWS_ENDPOINT_URL_SQS: proxy.urls.sqs,
      AWS_ENDPOINT_URL_SSM: proxy.urls.ssm,
      TRAILWATCH_STAGE: 'dev',
      TRAILWATCH_STATE_TABLE: table.name,
      TRAILWATCH_ALERTS_TOPIC: topicArn,
      TRAILWATCH_DELIVER_DEAD_LETTERS: queueUrl,
      TRAILWATCH_DATABASE: 'trailwatch_dev',
      TRAILWATCH_SLACK_WEBHOOK_PARAMETER: slackParameter,
      TRAILWATCH_LOG_LEVEL: 'ERROR',
    },
    taken: (receiver) =>
      receiver === 'slack' ? posts : (aws.inspectQueue('inbox')?.messages.ready ?? []).map(({ body }) => body),
    deadLetters: () => (aws.inspectQueue('dead-letters')?.messages.ready ?? []).map(({ body }) => body),
    close: async () => {
      client.destroy();
      await proxy.close();
      await Promise.all([ownTable?.close(), aws.stop(), slack.close(), ssm.close()]);
    },
  };
}

/** wireFinding makes a finding with a rule and an actor of its own, which identify its notifications. */
export function wireFinding(name: string, atMs: number): Finding {
  const facts = { rule: `wire-${name}`, level: 'high', actor: `actor-${name}`, event: `event-${name}` } as const;
  return findingOf({ ...facts, time: new Date(atMs).toISOString() });
}

/** batchOf writes findings as Lambda reads them from the queue behind the findings bus. */
export function batchOf(findings: readonly Finding[], sentMs: number): SQSEvent {
  const { Records } = sqsEvent(findings.map((finding) => queueBodyOf(finding)));
  const SentTimestamp = String(sentMs);
  return {
    Records: Records.map((record) => ({ ...record, attributes: { ...record.attributes, SentTimestamp } })),
  };
}

function queueBodyOf(finding: Finding): string {
  return JSON.stringify({
    version: '0',
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    'detail-type': findingDetailType,
    source: findingSource,
    account: '111122223333',
    time: finding.time,
    region,
    resources: [],
    detail: { version: '1', ...finding },
  });
}

/** failedOf lists the messages of a batch that must come again, by their place in it. */
export function failedOf(answer: unknown): readonly number[] {
  const { batchItemFailures } = answer as SQSBatchResponse;
  return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.replace(/\D/g, '')) - 1);
}
