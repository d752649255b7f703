import type { LineFields } from '../../text-format.ts';
import { loginRefused, tooManyFailures } from '../message-table.ts';
import type { MessageRow } from '../message-table.ts';

const failure = { action: 'authentication failure', activity: 'authentication', outcome: 'failure' } as const;
const success = { action: 'authentication success', activity: 'authentication', outcome: 'success' } as const;
const unknownUser = { ...failure, invalid_user: true, pam_message: 'user unknown' };
const lockedOut = { action: 'account locked out', activity: 'authentication', outcome: 'failure' } as const;
const passwordChanged = { action: 'password changed', activity: 'account', outcome: 'success' } as const;
const notice = (action: string): LineFields => ({ action, activity: 'other' });

/** A name as modules quote it: `x', 'x' or [x]. */
const quoted = (name: string): string => String.raw`[\`'"[](?<${name}>.{0,256})['"\]]`;

/**
 * What PAM's modules write behind their names, refusals first: a name may hold the words of a success, and a line that fits both
 * is a refusal. A new module is a row.
 */
export const pamMessages: readonly MessageRow[] = [
  { pattern: /^(?:check pass; user unknown|User unknown(?:: (?<user>.{0,256}))?)/s, means: unknownUser },
  { pattern: /^bad username \[(?<user>.{0,256})\]$/s, means: unknownUser },
  { pattern: /^could not identify user \(from (?:getpwnam\(|uid=)(?<user>.{0,256}?)\)+$/s, means: unknownUser },
  {
    pattern: /^auth could not identify password for \[(?<user>.{0,256})\]$/s,
    means: { ...failure, pam_message: 'auth could not identify password' },
  },
  { pattern: /^conversation failed$/, means: { ...failure, pam_message: 'conversation failed' } },
  {
    // pam_unix, pam_sss
    pattern: /^account (?<user>\S{1,256}) has expired \((?<reason>[^()]{1,100})\)$/,
    means: { ...failure, pam_message: 'account has expired' },
  },
  {
    pattern: /^account (?<user>\S{1,256}) has password changed in (?:the )?future$/,
    means: notice('password changed in the future'),
  },
  {
    pattern: /^expired password for user (?<user>\S{1,256}) \((?<reason>[^()]{1,100})\)$/,
    means: notice('password expired'),
  },
  {
    pattern: /^password for user (?<user>\S{1,256}) will expire in \d{1,6} days?$/,
    means: notice('password expires soon'),
  },
  {
    // pam_access
    pattern: new RegExp(`^access denied for user ${quoted('user')} from [\`'](?<from>[^'\`]{0,256})'$`, 's'),
    means: loginRefused,
  },
  { pattern: /^access denied: tty '(?<tty>[^']{1,64})' is not secure/, means: loginRefused },
  {
    // pam_sss
    pattern: /^Access denied for user (?<user>.{0,256}): \d{1,4} \((?<reason>[^()]{1,200})\)$/s,
    means: loginRefused,
  },
  {
    pattern:
      /^(?:received for|Authentication failed for) user (?<user>.{0,256}): \d{1,4} \((?<reason>[^()]{1,200})\)$/s,
    means: { ...failure, pam_message: 'refused by the directory' },
  },
  {
    pattern: /^Password change failed for user (?<user>.{0,256}): \d{1,4} \((?<reason>[^()]{1,200})\)$/s,
    means: { action: 'password changed', activity: 'account', outcome: 'failure' },
  },
  // pam_listfile
  { pattern: /^Refused user (?<user>.{0,256}) for service (?<refused_service>\S{1,64})$/s, means: loginRefused },
  // pam_limits
  {
    pattern: /^Too many logins \(max (?<failures>\d{1,9})\) for (?<user>.{0,256})$/s,
    means: { ...loginRefused, reason: 'too many logins' },
  },
  // pam_shells, pam_nologin
  { pattern: /^User has an invalid shell '(?<shell>.{0,256})'$/s, means: { ...loginRefused, reason: 'invalid shell' } },
  // pam_succeed_if
  {
    pattern: /^requirement "(?<reason>.{1,128})" not met by user "(?<user>.{0,256})"$/s,
    means: loginRefused,
  },
  {
    pattern: /^requirement ".{1,128}" was met by user "(?<user>.{0,256})"$/s,
    means: { action: 'requirement met', activity: 'other', outcome: 'success' },
  },
  // pam_faillock, pam_tally2
  { pattern: /^Consecutive login failures for user (?<user>\S{1,256}) account temporarily locked/, means: lockedOut },
  {
    pattern:
      /^User (?<user>\S{1,256}) is temporarily locked out due to (?<failures>\d{1,9}) consecutive failed login attempts/,
    means: lockedOut,
  },
  { pattern: /^user (?<user>\S{1,256}) \((?<uid>\d{1,10})\) tally (?<failures>\d{1,9}), deny \d/, means: lockedOut },
  { pattern: /^user (?<user>\S{1,256}) \((?<uid>\d{1,10})\) has time limit /, means: lockedOut },
  // pam_winbind
  { pattern: /^user '(?<user>.{0,256})' denied access \((?<reason>.{1,200})\)$/s, means: loginRefused },
  { pattern: /^request \w{1,64} failed: .{1,200}PAM_AUTH_ERR/s, means: failure },
  { pattern: /^user '(?<user>[^']{0,256})' granted access$/, means: success },
  // pam_krb5
  { pattern: /^authentication fails for '(?<user>.{0,256})' \(.{0,256}\): (?<reason>[^:]{1,200})$/s, means: failure },
  { pattern: /^authentication succeeds for '(?<user>[^']{0,256})' \([^()]{1,256}\)$/, means: success },
  // pam_ldap
  { pattern: /^error trying to bind as user "(?<user>.{0,256})" \((?<reason>[^()]{1,200})\)$/s, means: failure },
  // pam_wheel
  { pattern: /^Access denied to '(?<user>.{0,256})' for '(?<target_user>[^']{0,256})'$/s, means: loginRefused },
  {
    pattern: /^Access granted to '(?<user>[^']{0,256})' for '(?<target_user>[^']{0,256})'$/,
    means: { action: 'requirement met', activity: 'other', outcome: 'success' },
  },
  // pam_unix
  {
    pattern: /^user \[(?<user>[^\]]{0,256})\] has blank password; authenticated without it$/,
    means: { ...success, pam_message: 'blank password' },
  },
  { pattern: /^password changed for (?<user>\S{1,256})$/, means: passwordChanged },
  // unix_chkpwd
  {
    pattern: /^password check failed for user \((?<user>.{0,256})\)$/s,
    means: { action: 'password check failed', activity: 'authentication', outcome: 'failure' },
  },
  { pattern: /^could not obtain user info \((?<user>.{0,256})\)$/s, means: unknownUser },
  // pam_systemd
  { pattern: /^(?:Failed|pam_systemd) .{0,20}to create session: /, means: notice('session not registered') },
  // sshd's own count of PAM's
  { pattern: /^PAM service\(\S{1,64}\) ignoring max retries/, means: tooManyFailures },
  ...secondFactors(),
];

/** Google Authenticator, Duo and security keys: a second factor has actions of its own, apart from logins and passwords. */
function secondFactors(): readonly MessageRow[] {
  const refused = { action: 'second factor refused', activity: 'authentication', outcome: 'failure' } as const;
  const accepted = { action: 'second factor accepted', activity: 'authentication', outcome: 'success' } as const;
  const skipped = { action: 'second factor skipped', activity: 'authentication', outcome: 'success' } as const;
  const duo = (words: string, means: LineFields): readonly MessageRow[] =>
    // Newer releases quote the name, which is read from the right; older ones don't, and write no address.
    [String.raw`'(?<user>.{0,256})'(?: from (?<from>[\da-fA-F.:]{2,45}))?`, String.raw`(?<user>[^\s':]{1,256})`].map(
      (user) => ({
        pattern: new RegExp(
          `^(?:${words}) Duo login for ${user}(?:(?: on connection failure)?: (?<reason>.{0,200}))?$`,
          's',
        ),
        means,
      }),
    );
  return [
    { pattern: /^Invalid verification code for (?<user>.{0,256})$/s, means: refused },
    { pattern: /^Did not receive verification code from user/, means: { ...refused, reason: 'no code' } },
    {
      pattern: /^(?<reason>Trying to reuse a previously used time-based code|Too many concurrent login attempts)/,
      means: refused,
    },
    { pattern: /^Failed to read ".{1,256}" for "(?<user>.{0,256})"$/s, means: { ...refused, reason: 'no secret' } },
    { pattern: /^Accepted google_authenticator for (?<user>\S{1,256})$/, means: accepted },
    { pattern: /^No secret configured for user (?<user>\S{1,256}),/, means: notice('second factor not set up') },
    ...duo('Failed|Aborted|Error in', refused),
    ...duo('Skipped|Failsafe|Allowed', skipped),
    ...duo('Successful', accepted),
    { pattern: /^\S{1,256}:\d{1,6} \(pam_sm_authenticate\): done\. \[Success\]$/, means: accepted },
    { pattern: /^\S{1,256}:\d{1,6} \(pam_sm_authenticate\): done\. \[(?<reason>[^\]]{1,100})\]$/, means: refused },
    { pattern: /^\S{1,256}:\d{1,6} \(\w{1,64}\): /, means: notice('second factor debugged') },
    // pam_yubico, pam_oath, pam_radius
    { pattern: /^(?:Yubikey OTP|OTP|RADIUS) authentication failed/i, means: refused },
  ];
}
