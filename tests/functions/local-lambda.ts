import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'aws-lambda';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import { startHttpServer } from '../support/http-server.ts';
import { lambdaContext } from '../support/lambda-context.ts';
import { startLocalEventBridge, type LocalEventBridge, type PutEntry } from '../support/local-event-bridge.ts';
import { startLocalStateTable } from '../support/local-state-table.ts';
import { startXRayDaemon, type XRayDaemon } from '../support/xray-daemon.ts';

/** LocalLambda is an account's worth of local endpoints, and the functions as Lambda would load them. */
export interface LocalLambda {
  readonly bus: LocalEventBridge;
  /** S3, SNS and SQS. */
  readonly aws: FauxqsServer;
  readonly daemon: XRayDaemon;
  /** The variables that a deployed function has, pointing at the local endpoints. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the Slack webhook answers next, and the posts it got. */
  readonly slack: { status: number; readonly posts: string[] };
  /** load gives a function's exported handler, loaded once, as a call with the event alone. */
  load<Result>(name: string): Promise<(event: unknown) => Promise<Result>>;
  /** alerts gives the messages that the topic has sent so far. */
  alerts(): readonly Alert[];
  /** deadLetters gives what is in the queue for what a receiver doesn't take, with the attributes of each message. */
  deadLetters(): readonly { readonly body: string; readonly attributes: Readonly<Record<string, string>> }[];
  close(): Promise<void>;
}

export interface Alert {
  readonly Subject: string;
  readonly Message: string;
}

export const region = 'eu-west-1';
export const traceId = '1-65f0c0de-0123456789abcdef01234567';
export const lambdaSegment = '53995c3f42cd8ad8';
const slackParameter = '/trailwatch/dev/slack';
const root = path.resolve(import.meta.dirname, '../..');

/** lambdaEvent reads a payload of `events/lambda`. */
export function lambdaEvent(name: string): unknown {
  return JSON.parse(readFileSync(path.join(root, 'events/lambda', `${name}.json`), 'utf8'));
}

/** archiveFile reads a file of the sample archive by the key it would have in the trail's bucket. */
export function archiveFile(key: string): Buffer {
  return readFileSync(path.join(root, 'events/archive', key));
}

/** queueBody is what the rule on the findings bus puts into the queue for one entry. */
export function queueBody({ Source, DetailType, Detail }: PutEntry): string {
  return JSON.stringify({
    version: '0',
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    'detail-type': DetailType,
    source: Source,
    account: '111122223333',
    time: '2026-03-11T10:00:00Z',
    region,
    resources: [],
    detail: JSON.parse(Detail) as unknown,
  });
}

export async function startLocalLambda(): Promise<LocalLambda> {
  const [bus, table, daemon, aws] = await Promise.all([
    startLocalEventBridge(),
    startLocalStateTable(),
    startXRayDaemon(),
    startFauxqs({ port: 0, logger: false, host: '127.0.0.1', defaultRegion: region }),
  ]);
  const { topicArn } = aws.createTopic('alerts', { region });
  aws.createQueue('inbox', { region });
  aws.subscribe({ topic: 'alerts', queue: 'inbox', region });
  const { queueUrl } = aws.createQueue('dead-letters', { region });

  const slack = { status: 200, posts: [] as string[] };
  const webhook = await startHttpServer(({ body }) => {
    slack.posts.push(body);
    return { status: slack.status, body: slack.status === 200 ? 'ok' : 'no_service' };
  });
  const ssm = await startHttpServer(() => ({
    status: 200,
    body: JSON.stringify({
      Parameter: { Name: slackParameter, Type: 'SecureString', Value: `${webhook.url}/services/T0/B0/secret` },
    }),
    headers: { 'content-type': 'application/x-amz-json-1.1' },
  }));

  const environment = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url,
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${aws.port}`,
    AWS_ENDPOINT_URL_SNS: `http://127.0.0.1:${aws.port}`,
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${aws.port}`,
    AWS_ENDPOINT_URL_SSM: ssm.url,
    AWS_XRAY_DAEMON_ADDRESS: daemon.address,
    _X_AMZN_TRACE_ID: `Root=${traceId};Parent=${lambdaSegment};Sampled=1`,
    TRAILWATCH_STAGE: 'dev',
    TRAILWATCH_FINDINGS_BUS: 'trailwatch-dev-findings',
    TRAILWATCH_STATE_TABLE: table.name,
    TRAILWATCH_ALERTS_TOPIC: topicArn,
    TRAILWATCH_DELIVER_DEAD_LETTERS: queueUrl,
    TRAILWATCH_DATABASE: 'trailwatch_dev',
    TRAILWATCH_SLACK_WEBHOOK_PARAMETER: slackParameter,
    TRAILWATCH_TRACING: 'Active',
    TRAILWATCH_LOG_LEVEL: 'INFO',
  };
  Object.assign(process.env, environment);

  return {
    bus,
    aws,
    daemon,
    environment,
    slack,
    async load<Result>(name: string) {
      const { handler } = (await import(`../../functions/${name}.ts`)) as {
        handler: (event: unknown, context: Context) => Promise<Result>;
      };
      return (event) => handler(event, lambdaContext(`trailwatch-dev-${name}`));
    },
    alerts: () => {
      const messages = aws.inspectQueue('inbox')?.messages.ready ?? [];
      return messages.map(({ body }) => JSON.parse(body) as Alert);
    },
    deadLetters: () => {
      const messages = aws.inspectQueue('dead-letters')?.messages.ready ?? [];
      return messages.map(({ body, messageAttributes }) => ({
        body,
        attributes: Object.fromEntries(
          Object.entries(messageAttributes ?? {}).map(([name, { StringValue = '' }]) => [name, StringValue]),
        ),
      }));
    },
    async close() {
      await Promise.all([bus.close(), table.close(), daemon.close(), aws.stop(), webhook.close(), ssm.close()]);
    },
  };
}
