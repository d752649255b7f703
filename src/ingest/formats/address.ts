import { isIP } from 'node:net';
import type { LineFields } from './text-format.ts';

/** addressFields names a client's address as such, a mapped IPv4 address in its own form, and anything else as its host name. */
export function addressFields(word: string | undefined): LineFields {
  if (word === undefined || word === '' || word === 'UNKNOWN' || word === '?') return {};
  if (isIP(word) === 0) return { src_host: word };
  return { src_ip: word.startsWith('::ffff:') && word.includes('.') ? word.slice(7) : word };
}
