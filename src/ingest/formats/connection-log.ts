import type { RecordSource } from '../../model/log-record.ts';
import { leadingTime } from './clock/stamp.ts';
import type { LineFields, LineReader } from './text-format.ts';

/** The log source of applications' lines on their connections. */
export const connectionSource: RecordSource = {
  product: 'unknown',
  services: ['connection', 'plain'],
  category: 'application',
};

/** What applications say of their connections, each as the beginning of a message. What follows a colon is the reason. */
const messages: readonly { readonly start: RegExp; readonly fields: LineFields }[] = [
  { start: /^(?:web)?socket (?:re)?connected\b/i, fields: { action: 'socket connected', outcome: 'success' } },
  { start: /^(?:re)?connected\b/i, fields: { action: 'socket connected', outcome: 'success' } },
  {
    start: /^(?:web)?socket (?:disconnected|closed)\b/i,
    fields: { action: 'socket disconnected', outcome: 'failure' },
  },
  { start: /^disconnected\b/i, fields: { action: 'socket disconnected', outcome: 'failure' } },
  {
    start: /^(?:socket |connection )(?:error|failed|refused|timed out|reset)\b/i,
    fields: { action: 'socket failed', outcome: 'failure' },
  },
  { start: /^(?:re)?connecting\b/i, fields: { action: 'socket connecting' } },
];

/** readConnectionLog reads an application's log of its connections: `2019.12.11, 20:47:14.0285 UTC -> Disconnected: sockets disconnected`. */
export const readConnectionLog: LineReader = (line) => {
  const leader = line.slice(0, 80).includes(' -> ') ? leadingTime(line) : undefined;
  if (leader === undefined || !line.startsWith(' -> ', leader.end)) return undefined;
  const message = line.slice(leader.end + 4);
  const known = messages.find(({ start }) => start.test(message));
  const colon = message.indexOf(': ');
  return {
    time: leader.time,
    source: connectionSource,
    fields: {
      message,
      ...(known !== undefined && { activity: 'connection', ...known.fields }),
      ...(known !== undefined && colon !== -1 && colon < 80 && { reason: message.slice(colon + 2) }),
    },
  };
};
