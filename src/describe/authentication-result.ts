import type { Category } from '../model/audit-event.ts';

/** AuthenticationResult is what an authentication log's line tells of, whether it failed, and what to call it. */
export interface AuthenticationResult {
  readonly kind: Extract<Category, { kind: 'authentication' }>['result'];
  readonly failed: boolean;
  readonly action: string;
}

interface Row extends AuthenticationResult {
  /** Only lines of these programs; absent covers all. */
  readonly programs?: readonly string[];
  /** Any of these phrases in the line, in lower case. */
  readonly phrases: readonly string[];
}

/** From special to general; the first row that says what the line says decides. */
const rows: readonly Row[] = [
  {
    programs: ['sudo', 'su', 'doas', 'pkexec'],
    phrases: [
      'incorrect password',
      'not in sudoers',
      'not in the sudoers',
      'command not allowed',
      'authentication failure',
      'auth could not identify',
      'failed su',
      'user not in',
      'a password is required',
      'not allowed to execute',
      'a terminal is required',
      'authentication failed',
      'not authorized',
      'sudo failed',
      'su failed',
      'conversation failed',
    ],
    kind: 'failure',
    failed: true,
    action: 'privilege use failed',
  },
  {
    phrases: ['session opened', 'session closed', 'new session', 'removed session', 'session started', 'session ended'],
    kind: 'session',
    failed: false,
    action: 'session',
  },
  {
    programs: ['sudo', 'su', 'doas', 'pkexec'],
    phrases: ['command=', 'successful su', '(to ', 'executing command', 'ran command', 'privilege', 'sudo', 'su '],
    kind: 'privilege-use',
    failed: false,
    action: 'privilege use',
  },
  {
    phrases: [
      'failed ',
      'invalid user',
      'illegal user',
      'authentication failure',
      'authentication failed',
      'login incorrect',
      'maximum authentication attempts',
      'too many authentication failures',
      'not allowed because',
      'login failed',
      'user unknown',
      'failed login',
      'possible break-in attempt',
      'by authenticating user',
      'auth failed',
      'permission denied',
      'account locked',
      'root login refused',
      'bad password',
      'authentication error',
    ],
    kind: 'failure',
    failed: true,
    action: 'login failed',
  },
  {
    phrases: ['accepted ', 'login on', 'logged in', 'authentication success', 'login succeeded', 'login accepted'],
    kind: 'success',
    failed: false,
    action: 'login succeeded',
  },
  {
    phrases: [
      'received disconnect',
      'disconnected from',
      'connection closed',
      'connection reset',
      'connection from',
      'disconnecting',
      'did not receive identification',
      'logged out',
      'logout',
      'connection lost',
    ],
    kind: 'session',
    failed: false,
    action: 'disconnected',
  },
];

/** Lines are hostile: no more is searched than syslog could carry. */
const maxSearched = 8192;

/** authenticationResultOf reads the action that ingest gave a line, and where that doesn't tell, the line itself. */
export function authenticationResultOf(
  program: string,
  action: string | undefined,
  message: string,
): AuthenticationResult | undefined {
  const of = program.toLowerCase();
  for (const text of [action, message]) {
    const searched = text?.slice(0, maxSearched).toLowerCase().replaceAll('_', ' ') ?? '';
    if (searched === '') continue;
    const row = rows.find(
      ({ programs, phrases }) =>
        (programs?.includes(of) ?? true) && phrases.some((phrase) => searched.includes(phrase)),
    );
    if (row !== undefined) return { kind: row.kind, failed: row.failed, action: row.action };
  }
  return undefined;
}
