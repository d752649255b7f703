import { firehoseClient } from '../aws/clients.ts';
import { createFirehoseWriter } from '../aws/firehose-writer.ts';
import { hostAuthFields, hostAuthLine } from '../describe/host/host-auth.ts';
import type { LogRecord } from '../model/log-record.ts';
import type { Instruments } from '../runtime/middleware.ts';

/** HostAuthLog keeps the lines of authentication that one examination reads. */
export interface HostAuthLog {
  /** note takes a record, of whatever kind, and writes what has gathered once that is much. */
  note(record: LogRecord): Promise<void> | void;
  /** flush returns when every line noted so far is on its way to the table; it throws when one is not. */
  flush(): Promise<void>;
}

/** So much is written at a time, so that memory holds little of a large file. */
const linesAtOnce = 5_000;

const nothing: HostAuthLog = { note: () => undefined, flush: async () => undefined };

/** createHostAuthLogs begins a log for each examination, over the stream of the table `host_auth`; without one, nothing is kept. */
export function createHostAuthLogs(stream: string, { meter, tracing }: Instruments): () => HostAuthLog {
  if (stream === '') return () => nothing;
  const writer = createFirehoseWriter({ client: tracing.client(firehoseClient()), stream });
  return () => {
    let lines: string[] = [];
    async function flush(): Promise<void> {
      if (lines.length === 0) return;
      const written = lines;
      lines = [];
      await tracing.segment('host-auth', { lines: written.length }, () => writer.write(written));
      meter.count('HostAuthRecords', written.length);
    }
    return {
      flush,
      note(record) {
        const fields = hostAuthFields(record);
        if (fields === undefined) return undefined;
        lines.push(hostAuthLine(fields));
        return lines.length >= linesAtOnce ? flush() : undefined;
      },
    };
  };
}
