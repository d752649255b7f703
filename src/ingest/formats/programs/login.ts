import { addressFields } from '../address.ts';
import { parsePam } from './pam/pam.ts';
import type { ProgramParser } from '../text-format.ts';
import { loginAccepted, loginFailed } from './message-table.ts';

/**
 * parseLogin reads login's own messages: `LOGIN ON tty1 BY alice`, `ROOT LOGIN ON tty2 FROM host`, `FAILED LOGIN (1) on '/dev/tty1' FOR
 * 'alice', Authentication failure`, `FAILED LOGIN 1 FROM 192.0.2.1 FOR alice, …`, BusyBox's `invalid password for 'root' on
 * 'pts/0' from '192.0.2.1'`; and PAM's.
 */
export const parseLogin: ProgramParser = (message) => {
  const root = /^ROOT LOGIN {1,2}(?:\(.{0,64}\) )?ON '?(\S{1,64}?)'?(?: FROM '?(\S{1,256}?)'?)?$/i.exec(message);
  if (root !== null) {
    return {
      action: 'login accepted',
      activity: 'authentication',
      outcome: 'success',
      user: 'root',
      tty: root[1] ?? '',
      ...addressFields(root[2]),
    };
  }
  const accepted = /^(?:LOGIN|DIALUP AT) (?:ON )?(\S{1,64}) BY (\S{1,256})(?: FROM (\S{1,256}))?$/.exec(message);
  if (accepted !== null) {
    return {
      action: 'login accepted',
      activity: 'authentication',
      outcome: 'success',
      user: accepted[2] ?? '',
      tty: accepted[1] ?? '',
      ...addressFields(accepted[3]),
    };
  }
  const busybox =
    /^(?:invalid password for '(.{0,256})'|root login) on '([^']{1,64})'(?: from '([^']{1,256})')?$/s.exec(message);
  if (busybox !== null) {
    const ok = message.startsWith('root login');
    const name = busybox[1] ?? 'root';
    return {
      ...(ok ? loginAccepted : loginFailed),
      ...(name === 'UNKNOWN' ? { invalid_user: true } : { user: name }),
      tty: busybox[2] ?? '',
      ...addressFields(busybox[3]),
    };
  }
  const failed =
    /^(?:FAILED LOGIN|TOO MANY LOGIN TRIES) \(?(\d{1,9})\)? (?:on '?(\S{1,64}?)'? )?(?:FROM '?(\S{1,256}?)'? )?FOR /i.exec(
      message,
    );
  if (failed === null) return parsePam(message);
  const rest = message.slice(failed[0].length);
  // The name is what was typed; the reason behind it is login's own.
  const comma = rest.lastIndexOf(', ');
  const name = comma === -1 ? rest : rest.slice(0, comma);
  return {
    action: 'login failed',
    activity: 'authentication',
    outcome: 'failure',
    user: /^'.*'$/s.test(name) ? name.slice(1, -1) : name,
    failures: Number(failed[1]),
    ...(failed[2] !== undefined && { tty: failed[2] }),
    ...addressFields(failed[3]),
    ...(comma !== -1 && { reason: rest.slice(comma + 2) }),
  };
};

/** parseKerberosLogin reads klogind: `Authentication failed from 192.0.2.1 (client.example): Permission denied in replay cache code`. */
export const parseKerberosLogin: ProgramParser = (message) => {
  const failed = { action: 'login failed', activity: 'authentication', outcome: 'failure' };
  const from = /^Authentication failed from (\S{1,64}) \(([^)]{0,256})\): (.{0,256})/s.exec(message);
  if (from !== null) return { ...failed, ...addressFields(from[1]), src_host: from[2] ?? '', reason: from[3] ?? '' };
  if (message === 'Kerberos authentication failed' || message === "Couldn't authenticate user")
    return { ...failed, reason: message };
  return parsePam(message);
};
