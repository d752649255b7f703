import { readAgentLog } from './agent-log.ts';
import { readAudit } from './programs/auditd.ts';
import { readConnectionLog } from './connection-log.ts';
import { readDockerEvent } from './docker-event.ts';
import { readSyslog } from './syslog.ts';
import { readDf, readUptime } from './system-stats.ts';
import type { LineReader, ReadLine } from './text-format.ts';
import { readWebAccess } from './web-access.ts';
import { readWebError } from './web-error.ts';

/**
 * Formats of lines, each recognised by what it begins with, under the name that the configuration calls it by. The first
 * that reads a line decides; a new one is a row and a file.
 */
export const lineFormats = {
  syslog: readSyslog,
  audit: readAudit,
  'web-access': readWebAccess,
  'docker-event': readDockerEvent,
  'agent-log': readAgentLog,
  'connection-log': readConnectionLog,
  'web-error': readWebError,
  df: readDf,
  uptime: readUptime,
} as const satisfies Record<string, LineReader>;

export type LineFormat = keyof typeof lineFormats;

const formats: readonly LineReader[] = Object.values(lineFormats);

/** readLine reads a line of any known format, already clean of colours; undefined for all others. */
export function readLine(line: string, referenceTime: string | undefined): ReadLine | undefined {
  for (const read of formats) {
    const found = read(line, referenceTime);
    if (found !== undefined) return found;
  }
  return undefined;
}
