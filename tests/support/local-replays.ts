import { startHttpServer, type Answer } from './http-server.ts';

/** What StartReplay was asked, as far as tests look at it. */
export interface StartedReplay {
  readonly ReplayName: string;
  readonly EventSourceArn: string;
  /** Seconds since 1970. */
  readonly EventStartTime: number;
  readonly EventEndTime: number;
  readonly Destination: { readonly Arn: string; readonly FilterArns: readonly string[] };
}

export interface LocalReplays {
  readonly url: string;
  readonly started: readonly StartedReplay[];
  readonly put: readonly { readonly EventBusName: string; readonly Detail: string }[];
  readonly cancelled: readonly string[];
  /** What DescribeReplay answers, one after the other; the last one again and again. */
  tell(...states: readonly { readonly State: string; readonly StateReason?: string; readonly at?: number }[]): void;
  refuse(): void;
  /** lose lets replays start, and nobody look at them. */
  lose(): void;
  close(): Promise<void>;
}

/** startLocalReplays answers for EventBridge's replays and STS. */
export async function startLocalReplays(): Promise<LocalReplays> {
  const started: StartedReplay[] = [];
  const cancelled: string[] = [];
  const put: { readonly EventBusName: string; readonly Detail: string }[] = [];
  let states: readonly { readonly State: string; readonly StateReason?: string; readonly at?: number }[] = [];
  let refused = false;
  let lost = false;

  const answers: Readonly<Record<string, (body: string) => Answer>> = {
    'AWSEvents.StartReplay': (body) => {
      if (refused) return json(400, { __type: 'ResourceNotFoundException', message: 'Archive does not exist.' });
      started.push(JSON.parse(body) as StartedReplay);
      return json(200, { State: 'STARTING', ReplayArn: 'arn' });
    },
    'AWSEvents.DescribeReplay': () => {
      if (lost) return json(400, { __type: 'AccessDeniedException', message: 'not to be looked at' });
      const [first = { State: 'COMPLETED' }, ...rest] = states;
      if (rest.length > 0) states = rest;
      const { at, ...state } = cancelled.length > 0 ? { at: first.at, State: 'CANCELLED' } : first;
      return json(200, { ...state, ...(at !== undefined && { EventLastReplayedTime: at }) });
    },
    'AWSEvents.CancelReplay': (body) => {
      cancelled.push((JSON.parse(body) as { ReplayName: string }).ReplayName);
      return json(200, { State: 'CANCELLING' });
    },
    'AWSEvents.PutEvents': (body) => {
      put.push(...(JSON.parse(body) as { Entries: { EventBusName: string; Detail: string }[] }).Entries);
      return json(200, { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
    },
  };
  const { url, close } = await startHttpServer(({ body, headers }) => {
    const answer = answers[String(headers['x-amz-target'])];
    if (answer !== undefined) return answer(body);
    if (!body.includes('GetCallerIdentity')) return json(400, { __type: 'UnknownOperationException' });
    return {
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/alice</Arn><UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    };
  });
  return {
    url,
    started,
    put,
    cancelled,
    tell: (...given) => void (states = given),
    refuse: () => void (refused = true),
    lose: () => void (lost = true),
    close,
  };
}

function json(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/x-amz-json-1.1' } };
}
