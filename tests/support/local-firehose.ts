import { startHttpServer } from './http-server.ts';

export interface LocalFirehose {
  readonly url: string;
  /** Records of each call, as texts, whether they were taken or not. */
  readonly calls: readonly (readonly string[])[];
  /** What was taken, in order. */
  readonly taken: readonly string[];
  /** The next calls don't take the records at these places; an error takes none. */
  refuse(...calls: readonly (readonly number[] | 'ServiceUnavailableException' | 'AccessDeniedException')[]): void;
  clear(): void;
  close(): Promise<void>;
}

/** startLocalFirehose speaks PutRecordBatch, which may answer 200 and have taken only a part. */
export async function startLocalFirehose(): Promise<LocalFirehose> {
  const calls: (readonly string[])[] = [];
  const taken: string[] = [];
  let refusals: (readonly number[] | string)[] = [];
  const { url, close } = await startHttpServer(({ body }) => {
    const { Records } = JSON.parse(body) as { readonly Records: readonly { readonly Data: string }[] };
    const texts = Records.map(({ Data }) => Buffer.from(Data, 'base64').toString('utf8'));
    calls.push(texts);
    const refused = refusals.shift() ?? [];
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    if (typeof refused === 'string') {
      const status = refused.startsWith('Service') ? 503 : 400;
      return { status, headers, body: JSON.stringify({ __type: refused, message: 'refused' }) };
    }
    taken.push(...texts.filter((_, index) => !refused.includes(index)));
    const RequestResponses = texts.map((_, index) =>
      refused.includes(index)
        ? { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' }
        : { RecordId: `r${index}` },
    );
    return { status: 200, headers, body: JSON.stringify({ FailedPutCount: refused.length, RequestResponses }) };
  });
  return {
    url,
    calls,
    taken,
    close,
    refuse: (...next) => void (refusals = [...next]),
    clear() {
      calls.splice(0);
      taken.splice(0);
      refusals = [];
    },
  };
}
