import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { closeServer, type Answer } from './http-server.ts';

/** Passing is one request on its way to a service. */
export interface Passing {
  readonly service: string;
  /** The service's name of the request: PutItem, Publish; POST where it has none. */
  readonly operation: string;
  /** Counts all requests since the last `count`, from 1. */
  readonly index: number;
  readonly body: string;
}

/** Fault is the fate of a request and of its answer. */
export type Fault =
  | { readonly kind: 'none' }
  /** The work is not done; the service answers this. */
  | { readonly kind: 'refused'; readonly answer: Answer }
  /** The connection breaks before the work is done. */
  | { readonly kind: 'reset' }
  /** The work is done, and the connection breaks. */
  | { readonly kind: 'lost' }
  /** The work is done, and no answer comes. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'late'; readonly ms: number }
  /** The caller dies; `kill` resolves when it is dead. */
  | { readonly kind: 'death'; readonly when: 'before' | 'after'; readonly kill: () => Promise<void> };

export interface FaultProxy<Service extends string> {
  /** The proxy's address for each service. */
  readonly urls: Readonly<Record<Service, string>>;
  /** plan decides about the requests from now on; without a plan, all succeed. */
  plan(decide?: (passing: Passing) => Fault): void;
  /** count starts a new count, and gives the requests so far. */
  count(): readonly Passing[];
  close(): Promise<void>;
}

/** startFaultProxy starts a proxy in front of services, which lets each request through or makes it fail, as planned. */
export async function startFaultProxy<Service extends string>(
  services: Readonly<Record<Service, string>>,
): Promise<FaultProxy<Service>> {
  let decide: (passing: Passing) => Fault = () => ({ kind: 'none' });
  let passed: Passing[] = [];
  const servers: Server[] = [];
  const urls: Record<string, string> = {};
  const toRelease = new Set<ServerResponse>();

  for (const [service, upstream] of Object.entries<string>(services)) {
    const server = createServer((incoming, response) => {
      response.sendDate = false;
      void (async () => {
        const body = await buffer(incoming);
        const text = body.toString('utf8');
        const passing = { service, operation: operationOf(incoming, text), index: passed.length + 1, body: text };
        passed.push(passing);
        await pass(decide(passing), incoming, body, upstream, response);
      })().catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    urls[service] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function pass(
    fault: Fault,
    incoming: IncomingMessage,
    body: Buffer,
    upstream: string,
    response: ServerResponse,
  ): Promise<void> {
    const work = () => forward(incoming, body, upstream);
    switch (fault.kind) {
      case 'none':
        return reply(response, await work());
      case 'refused': {
        const { status, body: said, headers } = fault.answer;
        response.writeHead(status, headers).end(said);
        return;
      }
      case 'reset':
        incoming.socket.resetAndDestroy();
        return;
      case 'lost':
        await work();
        incoming.socket.resetAndDestroy();
        return;
      case 'silent':
        await work();
        toRelease.add(response);
        return;
      case 'late':
        await wait(fault.ms);
        return reply(response, await work());
      case 'death':
        if (fault.when === 'after') await work();
        await fault.kill();
        response.destroy();
        return;
      default:
        throw new Error(fault satisfies never);
    }
  }

  return {
    urls: urls as Record<Service, string>,
    plan: (decided = () => ({ kind: 'none' })) => void (decide = decided),
    count: () => {
      const before = passed;
      passed = [];
      return before;
    },
    close: async () => {
      for (const response of toRelease) response.destroy();
      await Promise.all(servers.map(closeServer));
    },
  };
}

interface Worked {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

async function forward({ method, url, rawHeaders }: IncomingMessage, body: Buffer, upstream: string): Promise<Worked> {
  const { hostname, port } = new URL(upstream);
  // A connection of its own: the service must not notice what happens to the outer one.
  const asking = ask({ hostname, port, path: url, method, headers: rawHeaders, agent: false });
  asking.end(body);
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 502, headers: answer.rawHeaders, body: await buffer(answer) };
}

function reply(response: ServerResponse, { status, headers, body }: Worked): void {
  // Without a date: an SDK whose clock a test has set would try every refusal again, since clocks differ.
  const kept = pairsOf(headers).filter(([name]) => !/^(?:connection|keep-alive|transfer-encoding|date)$/i.test(name));
  response.writeHead(status, kept.flat()).end(body);
}

function pairsOf(headers: readonly string[]): readonly (readonly [string, string])[] {
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ''] as const] : []));
}

function operationOf({ headers, method = '' }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? target;
  return /^Action=(\w+)|&Action=(\w+)/.exec(body)?.slice(1).find(Boolean) ?? method;
}

/** busyAnswers are the answers of services to too many requests, in their own words. */
export const busyAnswers: Readonly<Record<string, Answer>> = {
  dynamodb: awsJson(
    400,
    'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
  ),
  sns: snsError(400, 'Throttling', 'Rate exceeded'),
  sqs: awsJson(400, 'com.amazonaws.sqs#RequestThrottled', 'Request is throttled'),
  ssm: awsJson(400, 'ThrottlingException', 'Rate exceeded'),
  slack: { status: 429, body: 'rate_limited', headers: { 'retry-after': '1' } },
};

/** brokenAnswers are the answers of services with a fault of their own. */
export const brokenAnswers: Readonly<Record<string, Answer>> = {
  dynamodb: awsJson(
    500,
    'com.amazonaws.dynamodb.v20120810#InternalServerError',
    'The request processing has failed because of an unknown error, exception or failure.',
  ),
  sns: snsError(500, 'InternalFailure', 'The request processing has failed because of an unknown error.'),
  sqs: awsJson(503, 'com.amazonaws.sqs#ServiceUnavailable', 'The service is unavailable'),
  ssm: awsJson(500, 'InternalServerError', 'An error occurred on the server side.'),
  slack: { status: 503, body: '<html><h1>Service Unavailable</h1></html>', headers: { 'content-type': 'text/html' } },
};

function awsJson(status: number, __type: string, message: string): Answer {
  return {
    status,
    body: JSON.stringify({ __type, message }),
    headers: { 'content-type': 'application/x-amz-json-1.0' },
  };
}

function snsError(status: number, code: string, message: string): Answer {
  const type = status < 500 ? 'Sender' : 'Receiver';
  const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  const body = `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${error}<RequestId>9cd01905-72cd-551b-8d8b-5af2fb95bb4c</RequestId></ErrorResponse>`;
  return { status, body, headers: { 'content-type': 'text/xml' } };
}
