import { startHttpServer, type Answer } from './http-server.ts';

export interface PutEntry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Time?: number;
  readonly Resources?: readonly string[];
}

/** What PutEvents refuses: `for good` with an error that trying again can't help. */
export type Refused = 'everything' | 'the first entry' | 'the first entry for good' | 'nothing';

export interface LocalEventBridge {
  readonly url: string;
  /** What was put on any bus, in its order. */
  readonly entries: readonly PutEntry[];
  /** refuse makes PutEvents fail until told otherwise: all of it, or one entry of each request. */
  refuse(what: Refused): void;
  clear(): void;
  close(): Promise<void>;
}

/** startLocalEventBridge answers PutEvents as EventBridge does, with 200 also when entries failed. */
export async function startLocalEventBridge(): Promise<LocalEventBridge> {
  const entries: PutEntry[] = [];
  let refused: Refused = 'nothing';

  const putEvents = (body: string): Answer => {
    if (refused === 'everything') return json(400, { __type: 'AccessDeniedException', message: 'not on this bus' });
    const asked = (JSON.parse(body) as { Entries: PutEntry[] }).Entries;
    const results = asked.map((entry, index) => {
      if (refused === 'the first entry' && index === 0)
        return { ErrorCode: 'InternalFailure', ErrorMessage: 'try again' };
      if (refused === 'the first entry for good' && index === 0)
        return { ErrorCode: 'InvalidArgument', ErrorMessage: 'not this one' };
      entries.push(entry);
      return { EventId: `event-${entries.length}` };
    });
    return json(200, { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results });
  };

  const { url, close } = await startHttpServer(({ headers, body }) =>
    headers['x-amz-target'] === 'AWSEvents.PutEvents'
      ? putEvents(body)
      : json(400, { __type: 'UnknownOperationException' }),
  );
  return {
    url,
    entries,
    close,
    refuse: (what) => void (refused = what),
    clear: () => void entries.splice(0),
  };
}

function json(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/x-amz-json-1.1' } };
}
