import type { RecordSource } from '../../model/log-record.ts';
import { isoTime } from '../../time/iso-time.ts';
import type { LineFields, LineReader } from './text-format.ts';

const agent: RecordSource = { product: 'aws', services: ['cloudwatch_agent'], category: 'application' };
const awslogs: RecordSource = { product: 'aws', services: ['awslogs'], category: 'application' };

const levels: Readonly<Record<string, string>> = { D: 'DEBUG', I: 'INFO', W: 'WARN', E: 'ERROR', F: 'FATAL' };

/** The log sources of the agents' own logs. */
export const agentSources: readonly RecordSource[] = [agent, awslogs];

/**
 * readAgentLog reads the log of the CloudWatch agent, `2025-10-10T13:55:36Z E! [outputs.cloudwatchlogs] Aws error received …`, and of
 * awslogs before it, `2019-10-10 13:55:36,123 - cwlogs.push.publisher - INFO - 1234 - Thread-4 - Log group: g, log stream: s, …`:
 * an agent that can't write is an audit trail with a hole.
 */
export const readAgentLog: LineReader = (line) => {
  if (!/^\d{4}[-/]/.test(line)) return undefined;
  return readCloudWatchAgent(line) ?? readAwslogs(line);
};

function readCloudWatchAgent(line: string): ReturnType<LineReader> {
  const found =
    /^(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?) ([DIWEF])! (?:\[([\w./:-]{1,64})\] )?/.exec(
      line.slice(0, 160),
    );
  const time = isoTime(found?.[1]?.replaceAll('/', '-') ?? '');
  if (found === null || time === undefined) return undefined;
  const [head, , letter = '', component] = found;
  return {
    time,
    source: agent,
    fields: {
      program: 'amazon-cloudwatch-agent',
      message: line.slice(head.length),
      level: levels[letter] ?? letter,
      ...(component !== undefined && { component }),
      ...outcomeOf(letter),
    },
  };
}

function readAwslogs(line: string): ReturnType<LineReader> {
  const found =
    /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) - ([\w.]{1,64}) - ([A-Z]{4,8}) - (\d{1,10}) - ([\w -]{1,32}) - /.exec(
      line.slice(0, 200),
    );
  const time = isoTime(found?.[1] ?? '');
  if (found === null || time === undefined) return undefined;
  const [head, , component = '', level = '', pid = '', thread = ''] = found;
  const message = line.slice(head.length);
  const place = /^Log group: ([^,]{1,512}), log stream: ([^,]{1,512}),/.exec(message);
  return {
    time,
    source: awslogs,
    fields: {
      program: 'awslogs',
      pid,
      message,
      level: level === 'WARNING' ? 'WARN' : level,
      component,
      thread,
      ...(place?.[1] !== undefined && { log_group: place[1] }),
      ...(place?.[2] !== undefined && { log_stream: place[2] }),
      ...outcomeOf(level.charAt(0)),
    },
  };
}

function outcomeOf(letter: string): LineFields {
  return letter === 'E' || letter === 'F' || letter === 'C' ? { outcome: 'failure' } : {};
}
