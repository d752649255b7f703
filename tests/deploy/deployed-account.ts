import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startFauxqs } from 'fauxqs';
import { startLocalCloudFormation } from '../support/cloudformation/server.ts';
import type { Maker, Stack, StackResource } from '../support/cloudformation/stack.ts';
import { startHttpServer } from '../support/http-server.ts';
import { startLocalEventBridge, type LocalEventBridge } from '../support/local-event-bridge.ts';
import { startLocalFirehose, type LocalFirehose } from '../support/local-firehose.ts';
import { startLocalStateTable } from '../support/local-state-table.ts';
import { unzip } from '../support/unzip.ts';

/** DeployedAccount is an account in which `serverless deploy` finds all that it asks for, and where what is deployed works. */
export interface DeployedAccount {
  /** What a shell needs so that each command talks to this account. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stacks: ReadonlyMap<string, Stack>;
  /** What the functions put on any bus. */
  readonly bus: LocalEventBridge;
  /** What they wrote to delivery streams. */
  readonly firehose: LocalFirehose;
  /** What they asked of services that there are none of here, as `Athena.StartQueryExecution`: it is refused. */
  readonly elsewhere: string[];
  /** Messages that wait in a queue, by its name. */
  messages(queue: string): readonly string[];
  /** subscribe lets a topic's messages arrive in a queue of the test's. */
  subscribe(topicArn: string, queue: string): void;
  /** upload puts an object into a bucket, which is made for it. */
  upload(bucket: string, key: string, content: Buffer): Promise<void>;
  /** objects lists what lies in a bucket. */
  objects(bucket: string): Promise<readonly string[]>;
  /** invoke loads the package that a function was deployed with, as Lambda does, and calls it. */
  invoke(stack: string, functionKey: string, event: unknown): Promise<Invocation>;
  close(): Promise<void>;
}

export interface Invocation {
  readonly result?: unknown;
  readonly error?: string;
  /** What it asked AWS for, as `dynamodb:PutItem`. */
  readonly calls?: readonly string[];
  /** All that it wrote. */
  readonly output: string;
}

const region = 'eu-west-1';
const account = '111122223333';

export async function startDeployedAccount(): Promise<DeployedAccount> {
  const [bus, firehose, table, aws] = await Promise.all([
    startLocalEventBridge(),
    startLocalFirehose(),
    startLocalStateTable('beside'),
    startFauxqs({ port: 0, logger: false, host: '127.0.0.1', defaultRegion: region }),
  ]);
  const endpoint = `http://127.0.0.1:${aws.port}`;
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const dynamodb = new DynamoDBClient({ endpoint: table.url, region, credentials });
  const read = async (Bucket: string, Key: string): Promise<Buffer> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

  /** A function's code as it lay in the bucket when it was deployed, and when that was. */
  const functions = new Map<string, { readonly code: Buffer; readonly modified: string }>();
  const makers: Readonly<Record<string, Maker>> = {
    'AWS::S3::Bucket': { make: async (name) => void aws.createBucket(name) },
    'AWS::SQS::Queue': {
      make: async (name) => ({ ref: aws.createQueue(name, { region }).queueUrl }),
    },
    'AWS::SNS::Topic': { make: async (name) => ({ ref: aws.createTopic(name, { region }).topicArn }) },
    'AWS::DynamoDB::Table': {
      make: async (TableName, properties) => {
        const { AttributeDefinitions, KeySchema, BillingMode } = properties as unknown as CreateTableCommandInput;
        await dynamodb.send(new CreateTableCommand({ TableName, AttributeDefinitions, KeySchema, BillingMode }));
      },
    },
    'AWS::Lambda::Function': {
      make: async (name, properties) => {
        const { S3Bucket, S3Key } = properties['Code'] as { readonly S3Bucket: string; readonly S3Key: string };
        functions.set(name, { code: await read(S3Bucket, S3Key), modified: new Date().toISOString() });
      },
    },
  };
  const cloudFormation = await startLocalCloudFormation({
    account: { id: account, region, makers },
    uploaded: async (url) => {
      const [, bucket = '', ...key] = new URL(url).pathname.split('/');
      return (await read(bucket, key.join('/'))).toString();
    },
  });

  // `serverless deploy` asks Lambda whether the code in the bucket ever reached the functions.
  const lambda = await startHttpServer(({ path: asked }) => {
    const name = decodeURIComponent(/\/functions\/([^/?]+)/.exec(asked)?.[1] ?? '');
    const found = functions.get(name);
    return found === undefined
      ? { status: 404, body: '{}', headers: { 'x-amzn-errortype': 'ResourceNotFoundException' } }
      : { status: 200, body: JSON.stringify({ Configuration: { LastModified: found.modified } }) };
  });

  // `serverless remove` looks for images, of which there are none.
  const ecr = await startHttpServer(() => ({
    status: 400,
    body: JSON.stringify({ __type: 'RepositoryNotFoundException', message: 'there is no such repository' }),
    headers: { 'content-type': 'application/x-amz-json-1.1' },
  }));

  // Whatever has no endpoint of its own: nothing must leave this machine, and what was wanted can be seen.
  const elsewhere: string[] = [];
  const none = await startHttpServer(({ headers, path: asked }) => {
    const target = headers['x-amz-target'];
    const call = typeof target === 'string' ? target.replace(/^Amazon|^AWS|_\d{8}(?=\.)/g, '') : asked;
    elsewhere.push(call);
    return {
      status: 400,
      body: JSON.stringify({ __type: 'NotHereException', message: `${call} is not here` }),
      headers: { 'content-type': 'application/x-amz-json-1.1' },
    };
  });

  const local = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: none.url,
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url,
    AWS_ENDPOINT_URL_FIREHOSE: firehose.url,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ENDPOINT_URL_SNS: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
  };
  const tasks = mkdtempSync(path.join(tmpdir(), 'trailwatch-deployed-'));

  return {
    environment: {
      ...local,
      AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.url,
      AWS_ENDPOINT_URL_ECR: ecr.url,
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
      AWS_ENDPOINT_URL_STS: cloudFormation.url,
    },
    stacks: cloudFormation.stacks,
    bus,
    firehose,
    elsewhere,
    messages: (queue) => (aws.inspectQueue(queue)?.messages.ready ?? []).map(({ body }) => body),
    subscribe(topicArn, queue) {
      aws.createQueue(queue, { region });
      aws.subscribe({ topic: topicArn.split(':').at(-1) ?? '', queue, region });
    },
    async upload(bucket, Key, Body) {
      aws.createBucket(bucket);
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    },
    async objects(bucket) {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.flatMap(({ Key }) => Key ?? []);
    },
    async invoke(stack, functionKey, event) {
      const deployed = functionOf(cloudFormation.stacks.get(stack), functionKey);
      const { Handler = '', Environment } = deployed.properties as FunctionProperties;
      const task = mkdtempSync(path.join(tasks, 'task-'));
      for (const [name, content] of unzip(functions.get(deployed.name)?.code ?? Buffer.alloc(0))) {
        mkdirSync(path.dirname(path.join(task, name)), { recursive: true });
        writeFileSync(path.join(task, name), content);
      }
      const child = spawn(process.execPath, [path.join(import.meta.dirname, 'lambda-runtime.mjs')], {
        cwd: task,
        // Nothing of the shell's: what the code needs must be among the variables that were deployed.
        env: {
          ...local,
          ...Environment?.Variables,
          _HANDLER: Handler,
          LAMBDA_TASK_ROOT: task,
          AWS_LAMBDA_FUNCTION_NAME: deployed.name,
          AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
        },
      });
      child.stdin.on('error', () => {}).end(JSON.stringify(event));
      const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
      const last = out.trimEnd().split('\n').at(-1) ?? '';
      const outcome = last.startsWith('{"coldMs"') ? (JSON.parse(last) as Omit<Invocation, 'output'>) : {};
      return { ...outcome, output: out + errors };
    },
    async close() {
      s3.destroy();
      dynamodb.destroy();
      rmSync(tasks, { recursive: true, force: true });
      const servers = [bus, firehose, table, lambda, ecr, none, cloudFormation];
      await Promise.all([aws.stop(), ...servers.map((server) => server.close())]);
    },
  };
}

interface FunctionProperties {
  readonly Handler?: string;
  readonly Environment?: { readonly Variables: Readonly<Record<string, string>> };
}

function functionOf(stack: Stack | undefined, key: string): StackResource {
  const id = `${key.charAt(0).toUpperCase()}${key.slice(1)}LambdaFunction`;
  const found = stack?.resources.get(id);
  if (found === undefined) throw new Error(`${stack?.name ?? 'no stack'}: there is no function ${id}`);
  return found;
}
