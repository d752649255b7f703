import { ifLike } from './message.ts';
import type { MessageGroup } from './message.ts';
import { userAfter, userFrom } from './words.ts';

/** What sshd says of sessions and of itself. */
export const server: readonly MessageGroup[] = [
  {
    activity: 'session',
    outcome: 'success',
    // LogLevel VERBOSE writes it for each login: the process that serves the user from now on.
    messages: [['User child is on pid ', 'session opened']],
  },
  {
    activity: 'session',
    messages: [
      ['Starting session: ', 'session opened', (rest) => userFrom(rest.slice(rest.lastIndexOf(' for ') + 5))],
      ['Close session: user ', 'session closed', userFrom],
      ['subsystem request for ', 'subsystem requested', (rest) => userAfter(rest, ' by user ')],
      ['Changed root directory to ', 'root directory changed'],
    ],
  },
  {
    activity: 'other',
    messages: [
      ['Attempt to write login records by non-root user', 'login record refused'],
      ['Received SIGHUP', 'server restarted'],
      ['Exiting on signal ', 'server stopped'],
      ['Server listening on ', 'server started'],
      ['Received signal ', 'server stopped'],
      ['Deprecated option ', 'setting not known'],
      ['Unsupported option ', 'setting not known'],
      ['rexec line ', 'setting not known'],
      ['reprocess config line ', 'setting not known'],
      ['Could not load host key', 'host key missing'],
      ['Unable to load host key', 'host key missing'],
      ['Bind to port ', 'port not opened', ifLike(/ failed: /)],
      ['bind: ', 'port not opened'],
      ['Cannot bind any address', 'port not opened'],
      ['AuthorizedKeysCommand ', 'key command failed', ifLike(/ failed, | returned status /)],
      ['Failed to allocate internet-domain X11 display socket', 'forwarding failed'],
      ['session_by_channel: ', 'internal message'],
      ['mm_', 'internal message'],
      ['monitor_read', 'internal message'],
      ['channel ', 'internal message'],
      ['syslogin_perform_logout: ', 'internal message'],
      ['pam_setcred: ', 'internal message'],
      ['PAM: pam_setcred(): ', 'internal message'],
    ],
  },
];
