import type { LogRecord } from '../../model/log-record.ts';
import type { Description } from '../description.ts';
import { accountOf, defined, textAt } from '../read.ts';

/** describeMeasurement describes what `df` and `uptime` measured of a host: nobody did it. */
export function describeMeasurement({ fields, source, account, region }: LogRecord): Description {
  const mount = textAt(fields, 'mounted_on');
  const hostname = textAt(fields, 'hostname');
  const loads = ['load1', 'load5', 'load15'].map((name) => textAt(fields, name) ?? '?');
  return {
    category: { kind: 'other' },
    ...defined({ account: accountOf(account), region }),
    service: source.services[0] ?? 'system',
    action: mount === undefined ? `load ${loads.join(', ')}` : `disk ${textAt(fields, 'use_percent') ?? '?'}% full`,
    actor: { kind: 'unknown', name: 'unknown', chain: [] },
    targets: [
      ...(mount === undefined ? [] : [{ kind: 'mount', id: mount }]),
      ...(hostname === undefined ? [] : [{ kind: 'host', id: hostname }]),
    ],
    outcome: { kind: 'success' },
  };
}
