import type { Fields } from '../../../model/log-record.ts';
import { recordOfColumns } from './columns.ts';

/**
 * isConsoleEvent recognises a row of the CSV that CloudTrail's console writes of the event history.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-console.html
 */
export function isConsoleEvent(value: Fields): boolean {
  return ['Event name', 'Event source', 'Event time'].every((name) => typeof value[name] === 'string');
}

/** recordOfConsole gives what the console keeps of the record: nothing of the call's parameters, and of the caller the name and key. */
export function recordOfConsole(value: Fields): Fields {
  const {
    'User name': userName,
    'AWS access key': accessKeyId,
    'Resource name': name,
    'Resource type': type,
    ...columns
  } = value;
  return {
    ...recordOfColumns(columns),
    userIdentity: {
      ...(userName === 'root' && { type: 'Root' }),
      ...(userName !== undefined && { userName }),
      ...(accessKeyId !== undefined && { accessKeyId }),
    },
    ...(name !== undefined && { resources: [{ ARN: name, ...(type !== undefined && { type }) }] }),
  };
}
