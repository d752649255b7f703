import type { RecordSource } from '../../model/log-record.ts';
import { leadingTime } from './clock/stamp.ts';
import { levelOf } from './plain.ts';
import type { LineFields, LineReader } from './text-format.ts';

/** The log source of web servers' errors. */
export const webError: RecordSource = { product: 'unknown', services: ['error'], category: 'webserver' };

/**
 * readWebError reads the error logs of nginx, `2025/10/10 13:55:36 [error] 31#31: *1 open() "/srv/x" failed (…), client: 192.0.2.1, server: …`,
 * and of Apache, `[Fri Oct 10 13:55:36.123456 2025] [core:error] [pid 31] [client 192.0.2.1:4711] AH00126: …`.
 */
export const readWebError: LineReader = (line) => {
  const first = line.charAt(0);
  if (first === '[') return readApache(line);
  return first >= '0' && first <= '9' ? readNginx(line) : undefined;
};

function readNginx(line: string): ReturnType<LineReader> {
  const head = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[([a-z]{4,6})\] (\d{1,10})#\d{1,10}: (?:\*\d{1,20} )?/.exec(
    line.slice(0, 128),
  );
  const time = head === null ? undefined : leadingTime(line)?.time;
  if (head === null || time === undefined) return undefined;
  const [start, level = '', pid = ''] = head;
  const message = line.slice(start.length);
  return {
    time,
    source: webError,
    fields: { program: 'nginx', pid, message, level: levelOf(level), ...nginxClient(message) },
  };
}

/** The path before the client's address and the request behind it are both the client's words: of two addresses none is believed. */
function nginxClient(message: string): LineFields {
  const clients = new Set<string>();
  for (const [, client = ''] of message.matchAll(/, client: ([\da-fA-F.:]{2,45}), server: /g)) clients.add(client);
  const [client, another] = clients;
  return another === undefined ? clientOf(client) : { unparsed: 'more than one address in what the client chose' };
}

function readApache(line: string): ReturnType<LineReader> {
  const head =
    /^\[[^\]]{20,40}\] \[(?:(\w{0,32}):)?([a-z]{4,6}\d?)\](?: \[pid (\d{1,10})(?::tid \d{1,20})?\])?(?: \[client ([^\]]{2,64})\])? /.exec(
      line.slice(0, 256),
    );
  const time = head === null ? undefined : leadingTime(line)?.time;
  if (head === null || time === undefined) return undefined;
  const [start, component, level = '', pid, client] = head;
  return {
    time,
    source: webError,
    fields: {
      program: 'httpd',
      ...(pid !== undefined && { pid }),
      message: line.slice(start.length),
      level: levelOf(level),
      ...(component !== undefined && component !== '' && { component }),
      ...clientOf(client?.replace(/:\d{1,5}$/, '')),
    },
  };
}

function clientOf(client: string | undefined): LineFields {
  return client === undefined ? {} : { 'c-ip': client };
}
