import { plural } from '../../text/amounts.ts';
import { shown } from '../../text/escape.ts';

const listed = 5;

/** differingText names event ids whose records differ, which CloudTrail never writes. */
export function differingText(ids: readonly string[]): string {
  const names = ids.slice(0, listed).map((id) => shown(id, 100));
  const more = ids.length > listed ? ` and ${ids.length - listed} more` : '';
  return `${plural(ids.length, 'event id')} with records that differ, all kept: ${names.join(', ')}${more}`;
}
