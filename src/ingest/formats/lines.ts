import { readAgentLog } from './agent-log.ts';
import { readAudit } from './audit.ts';
import { readConnectionLog } from './connection-log.ts';
import { readDockerEvent } from './docker-event.ts';
import { readSyslog } from './syslog.ts';
import { readDf, readUptime } from './system-stats.ts';
import type { LineReader, ReadLine } from './text-format.ts';
import { readWebAccess } from './web-access.ts';
import { readWebError } from './web-error.ts';

/** Formats of lines, each recognised by what it begins with. The first that reads a line decides; a new one is a row and a file. */
const formats: readonly LineReader[] = [
  readSyslog,
  readAudit,
  readWebAccess,
  readDockerEvent,
  readAgentLog,
  readConnectionLog,
  readWebError,
  readDf,
  readUptime,
];

/** readLine reads a line of any known format, already clean of colours; undefined for all others. */
export function readLine(line: string, referenceTime: string | undefined): ReadLine | undefined {
  for (const read of formats) {
    const found = read(line, referenceTime);
    if (found !== undefined) return found;
  }
  return undefined;
}
