import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** SentSegment is one subsegment document as the X-Ray daemon receives it. */
export interface SentSegment {
  readonly name: string;
  readonly id: string;
  readonly trace_id: string;
  readonly parent_id: string;
  readonly type: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string | number | boolean>>;
  readonly fault?: boolean;
}

export interface XRayDaemon {
  /** `host:port`, for AWS_XRAY_DAEMON_ADDRESS. */
  readonly address: string;
  /** until waits for what was sent to satisfy a condition, and fails with what did arrive. */
  until(satisfied: (segments: readonly SentSegment[]) => boolean): Promise<readonly SentSegment[]>;
  clear(): void;
  close(): Promise<void>;
}

/** startXRayDaemon listens as the X-Ray daemon does: a header line and a JSON document in each datagram. */
export async function startXRayDaemon(): Promise<XRayDaemon> {
  const segments: SentSegment[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (datagram) => {
    const [header, document] = datagram.toString().split('\n', 2);
    if (header === '{"format":"json","version":1}') segments.push(JSON.parse(document ?? '') as SentSegment);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    async until(satisfied) {
      for (let tries = 0; tries < 200; tries++) {
        if (satisfied(segments)) return segments;
        await sleep(10);
      }
      throw new Error(`the segments did not arrive; these did: ${JSON.stringify(segments)}`);
    },
    clear: () => void segments.splice(0),
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}
