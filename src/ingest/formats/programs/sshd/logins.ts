import { ifLike } from './message.ts';
import type { MessageGroup } from './message.ts';
import {
  readCertificate,
  readKey,
  readLogin,
  readNotAllowed,
  readNotPermitted,
  readPamError,
  reasonOf,
} from './readers.ts';
import { beforeMark, endpointAt, userFrom, userPerhapsFrom, withoutPreauth, withoutSsh2 } from './words.ts';

/** `METHOD for NAME from ADDRESS`, whatever the name holds. */
const login = /^[\w/@.-]{1,64} for .* from \S/s;
const invalid = (rest: string) => ({ ...userPerhapsFrom(rest), invalid_user: true });

/** What sshd says of those who sign in. */
export const logins: readonly MessageGroup[] = [
  {
    activity: 'authentication',
    outcome: 'success',
    messages: [['Accepted ', 'login accepted', ifLike(login, readLogin)]],
  },
  {
    activity: 'authentication',
    messages: [
      ['Partial ', 'login partly accepted', ifLike(login, readLogin)],
      ['Postponed ', 'login postponed', ifLike(login, readLogin)],
    ],
  },
  {
    activity: 'authentication',
    outcome: 'failure',
    messages: [
      ['Failed ', 'login failed', ifLike(login, readLogin)],
      ['Invalid user ', 'invalid user', invalid],
      ['Illegal user ', 'invalid user', invalid],
      [
        'input_userauth_request: invalid user ',
        'invalid user',
        (rest) => ({ user: withoutPreauth(rest), invalid_user: true }),
      ],
      ['maximum authentication attempts exceeded for ', 'too many failures', (rest) => userFrom(withoutSsh2(rest))],
      ['Disconnecting: Too many authentication failures for ', 'too many failures', userPerhapsFrom],
      ['Disconnecting: Too many authentication failures', 'too many failures'],
      ['PAM service(sshd) ignoring max retries', 'too many failures'],
      ['PAM: ', 'login failed', ifLike(/^[^:]{1,100} for .* from \S/s, readPamError)],
      [
        'User ',
        'login refused',
        ifLike(
          / not allowed because | (?:password|account) has expired| authorized \w{4,10} .{1,300} is not a regular file/,
          readNotAllowed,
        ),
      ],
      ['ROOT LOGIN REFUSED FROM ', 'login refused', (rest) => ({ user: 'root', ...endpointAt(rest) })],
      ['Authentication refused: ', 'login refused', reasonOf],
      ['Authentication tried for ', 'login refused', readNotPermitted],
      ['Access denied for user ', 'login refused', (rest) => beforeMark(rest, ' by PAM account configuration')],
      ['Login restricted for ', 'login refused', (rest) => beforeMark(rest, ': ')],
      ['Certificate invalid: ', 'certificate refused', reasonOf],
      ['Certificate ', 'certificate refused', reasonOf],
      ['cert: ', 'certificate refused', reasonOf],
      ['userauth_hostbased mismatch: ', 'login refused', reasonOf],
      ['Could not get shadow information for ', 'account not readable', (rest) => ({ user: withoutPreauth(rest) })],
    ],
  },
  {
    activity: 'other',
    messages: [
      ['Accepted certificate ID ', 'certificate accepted', readCertificate],
      ['Accepted key ', 'key accepted', readKey],
      ['Found matching ', 'key accepted'],
      ['Root login accepted for forced command', 'key accepted', () => ({ user: 'root' })],
    ],
  },
];
