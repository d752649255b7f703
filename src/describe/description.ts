import type { AuditEvent } from '../model/audit-event.ts';

/** Description is the part of an audit event that a source's describer works out from the fields. */
export type Description = Omit<AuditEvent, 'id' | 'time' | 'source' | 'origin' | 'raw'>;
