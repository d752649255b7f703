import { addressFields } from '../../address.ts';
import { parsePam } from '../pam/pam.ts';
import type { LineFields, ProgramParser } from '../../text-format.ts';

/** parseFtpd reads what BSD's and Linux's ftpd write of connections and logins. */
export const parseFtpd: ProgramParser = (message) => {
  const opened = /^connection from (\S{1,256}) \(([^)]{0,256})\)/.exec(message);
  if (opened !== null) {
    const host = opened[2] ?? '';
    return {
      action: 'connection opened',
      activity: 'connection',
      ...addressFields(opened[1]),
      ...(host !== '' && { src_host: host }),
    };
  }
  const anonymous = /^ANONYMOUS FTP LOGIN FROM ([^\s,]{1,256}), ?(.*)$/s.exec(message);
  if (anonymous !== null) return { ...login('success', 'anonymous'), ...addressFields(anonymous[1]) };
  const named = /^FTP LOGIN (REFUSED )?FROM ([^\s,]{1,256})(?: \[[^\]]{0,64}\])?, (.{1,256})$/s.exec(message);
  if (named !== null)
    return { ...login(named[1] === undefined ? 'success' : 'failure', named[3]), ...addressFields(named[2]) };
  if (/^(?:User \S{1,256}|User unknown) timed out after /.test(message))
    return { action: 'timeout', activity: 'connection' };
  if (/^(?:getpeername|lost connection|connection reset)/i.test(message)) {
    return { action: 'connection failed', activity: 'connection', outcome: 'failure' };
  }
  return parsePam(message);
};

function login(outcome: 'success' | 'failure', user = ''): LineFields {
  return {
    action: outcome === 'success' ? 'login accepted' : 'login failed',
    activity: 'authentication',
    outcome,
    ...(user !== '' && { user }),
  };
}
