import type { Fields, LogRecord, RecordSource } from '../../../src/model/log-record.ts';

/** recordOf wraps fields as a record of a source. */
export function recordOf(fields: Fields, source: RecordSource): LogRecord {
  return { id: 'event-1', time: '2026-03-04T05:06:07.000Z', source, fields, origin: { path: 'here.json', index: 3 } };
}

/** trailRecord wraps fields as a CloudTrail record. */
export function trailRecord(fields: Fields): LogRecord {
  return recordOf(fields, { product: 'aws', services: ['cloudtrail'] });
}

/** hostRecord wraps fields as a line of a host's authentication log. */
export function hostRecord(fields: Fields): LogRecord {
  return recordOf(fields, { product: 'linux', services: ['sshd', 'auth', 'syslog'] });
}
