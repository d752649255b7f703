import type { RecordSource } from '../../model/log-record.ts';
import { parseAccounts } from './programs/accounts.ts';
import { parseAudit } from './programs/auditd.ts';
import { parseCron } from './programs/cron.ts';
import { parseDropbear } from './programs/dropbear.ts';
import { parseFtpd } from './programs/ftp/ftpd.ts';
import { parseProftpd } from './programs/ftp/proftpd.ts';
import { parseVsftpd } from './programs/ftp/vsftpd.ts';
import { parseKernel } from './programs/kernel.ts';
import { parseKerberosLogin, parseLogin } from './programs/login.ts';
import { parseLogind } from './programs/logind.ts';
import { parsePam, parsePamText } from './programs/pam/pam.ts';
import { parseDoas, parsePolkit } from './programs/polkit.ts';
import { parseSystemd } from './programs/systemd.ts';
import { parseSshd } from './programs/sshd/sshd.ts';
import { parseSu } from './programs/su.ts';
import { parseSudo } from './programs/sudo.ts';
import type { ProgramParser } from './text-format.ts';
import { readWebAccess } from './web-access.ts';
import { readWebError } from './web-error.ts';

/**
 * The fields of a text record. Numbers and booleans are marked; everything else is text. A field is absent when the line
 * doesn't say it.
 *
 * | field | of | meaning |
 * |---|---|---|
 * | `message` | every line | what follows the header; the whole line without a header |
 * | `hostname`, `program`, `pid` | syslog | who wrote it |
 * | `priority` (number), `msgid` | syslog | facility × 8 + severity; RFC 5424's message id |
 * | `id.name` | RFC 5424 | each parameter of the structured data |
 * | `repeat` (number) | `message repeated N times: [ … ]` | how often; the other fields are those of the message inside, and correlations count it so often |
 * | `raw` | any | the line as it was, where colours or NULs were taken out of it |
 * | `unparsed` | any | why a part or all of the line could not be read |
 * | `action` | known messages | what happened: `login accepted`, `login failed`, `command run`, … (the tables in this folder) |
 * | `activity` | known messages | `authentication`, `session`, `privilege-use`, `account`, `schedule`, `connection`, `other` |
 * | `outcome` | where it says so | `success` or `failure` |
 * | `user` | who acts | who signs in (sshd, PAM), who runs the command (sudo, su, cron), whose account changes (useradd …) |
 * | `invalid_user` (true) | sshd, PAM | the host has no such user |
 * | `target_user` | su, usermod | who the user becomes |
 * | `src_ip`, `src_port` (number), `src_host` | sshd | the client; `src_host` only where no address is given |
 * | `auth_method` | sshd | `password`, `publickey`, `keyboard-interactive/pam`, … |
 * | `key_type`, `key_fingerprint`, `key_file` | sshd | the key that was used |
 * | `cert_id`, `cert_serial`, `ca_type`, `ca_fingerprint` | sshd | the certificate's id and number, and who signed it; of a failed login the id is the client's word |
 * | `preauth` (true) | sshd | nobody had signed in yet |
 * | `pam_module`, `pam_service`, `pam_type`, `pam_message`, `pam_user`, `pam_rhost`, `ruser`, `tty`, `logname`, `uid`, `euid`, `by_user`, `by_uid` | PAM | as PAM names them; `by_…` is who opened a session |
 * | `failures` (number) | sshd | `PAM N more authentication failures` |
 * | `USER`, `COMMAND`, `PWD`, `TTY`, `GROUP`, `HOST`, `ENV`, `CHROOT`, `TSID` | sudo | as sudo names them: `USER` is who the command ran as |
 * | `reason` | sudo | why it refused |
 * | `session` | systemd-logind | the session's number |
 * | `command`, `cron_verb`, `cron_target` | cron | `CMD (command)`; any other verb and what it is about |
 * | `group`, `UID`, `GID`, `home`, `shell`, `changed` | useradd and kin | as the tool names them |
 * | `type`, `a0`, `a1`, …, `exe`, `comm`, `name`, `acct`, `addr`, `res`, `key`, `SYSCALL`, … | auditd | as auditd names them, hex decoded; `audit_id` is time and number; the peer's `hostname` is `src_host` |
 * | `polkit_action`, `authorization` | polkit | what was asked for, and for how long it is granted |
 * | `unit`, `exit_code` (number) | systemd | the unit, and how its process ended |
 * | `SRC`, `DST`, `PROTO`, `SPT`, `DPT`, `IN`, `OUT` | kernel | a packet, as netfilter names it |
 * | `c-ip`, `cs-username`, `cs-method`, `cs-uri`, `cs-uri-stem`, `cs-uri-query`, `cs-version`, `cs-host`, `cs-referer`, `cs-user-agent`, `sc-status` (number), `sc-bytes` (number) | web servers | as Sigma's taxonomy names them |
 * | `object_type`, `object_id`, `container`, `image`, `service`, `project`, `command`, `signal`, `health`, `exec_id`, `exit_code` (number) | Docker | of an event; `container`, `service` and `stream` also of a container's line |
 * | `filesystem`, `type`, `size`, `used`, `available`, `mounted_on`; `use_percent`, `size_bytes`, `used_bytes`, `available_bytes` (numbers) | df | one mount |
 * | `load1`, `load5`, `load15`, `users`, `uptime_days`, `uptime_seconds` (numbers) | uptime | the host |
 * | `level`, `status` (number) | any application | `ERROR`, `WARN`, `INFO`, …; an HTTP status |
 * | `component`, `thread`, `log_group`, `log_stream` | agents, Apache | which part of it wrote the line, and of which log it speaks |
 */
export interface ProgramFormat {
  readonly programs: readonly string[];
  /** Sigma's service names, from special to general. https://github.com/SigmaHQ/sigma-specification */
  readonly services: readonly string[];
  readonly category?: string;
  /** The process has the program's name: who writes in that name under another one is somebody else. */
  readonly itself?: true;
  readonly parse: ProgramParser;
}

/** Programs whose messages are read. A new one is a row and a file. */
const formats: readonly ProgramFormat[] = [
  {
    programs: ['sshd', 'sshd-session', 'sshd-auth'],
    services: ['sshd', 'auth', 'syslog'],
    itself: true,
    parse: parseSshd,
  },
  { programs: ['sudo'], services: ['sudo', 'auth', 'syslog'], itself: true, parse: parseSudo },
  { programs: ['su'], services: ['su', 'auth', 'syslog'], itself: true, parse: parseSu },
  { programs: ['systemd-logind'], services: ['auth', 'syslog'], itself: true, parse: parseLogind },
  { programs: ['CRON', 'cron', 'crond', 'crontab', 'anacron', 'atd'], services: ['cron', 'syslog'], parse: parseCron },
  {
    programs: [
      'useradd',
      'usermod',
      'userdel',
      'groupadd',
      'groupmod',
      'groupdel',
      'gpasswd',
      'passwd',
      'chpasswd',
      'chage',
      'chsh',
      'chfn',
      'newusers',
      'groupmems',
      'adduser',
      'addgroup',
      'deluser',
      'delgroup',
    ],
    services: ['auth', 'syslog'],
    itself: true,
    parse: parseAccounts,
  },
  { programs: ['login', 'agetty'], services: ['login', 'auth', 'syslog'], parse: parseLogin },
  { programs: ['klogind', 'rlogind', 'rshd'], services: ['auth', 'syslog'], parse: parseKerberosLogin },
  {
    programs: ['polkitd', 'pkexec', 'polkit-agent-helper-1'],
    services: ['polkit', 'auth', 'syslog'],
    parse: parsePolkit,
  },
  { programs: ['doas'], services: ['doas', 'auth', 'syslog'], itself: true, parse: parseDoas },
  { programs: ['audit', 'auditd', 'audispd', 'audisp-syslog'], services: ['auditd', 'syslog'], parse: parseAudit },
  { programs: ['kernel'], services: ['kernel', 'syslog'], parse: parseKernel },
  { programs: ['systemd'], services: ['systemd', 'syslog'], parse: parseSystemd },
  { programs: ['dropbear'], services: ['dropbear', 'sshd', 'auth', 'syslog'], itself: true, parse: parseDropbear },
  { programs: ['ftpd', 'in.ftpd', 'pure-ftpd'], services: ['ftpd', 'auth', 'syslog'], parse: parseFtpd },
  { programs: ['vsftpd'], services: ['vsftpd', 'ftpd', 'auth', 'syslog'], itself: true, parse: parseVsftpd },
  { programs: ['proftpd'], services: ['proftpd', 'ftpd', 'auth', 'syslog'], itself: true, parse: parseProftpd },
  {
    programs: ['nginx', 'apache', 'apache2', 'httpd'],
    services: ['access', 'syslog'],
    category: 'webserver',
    parse: (message) => (readWebAccess(message, undefined) ?? readWebError(message, undefined))?.fields,
  },
  {
    programs: ['unix_chkpwd', 'pam_duo', 'login_duo'],
    services: ['auth', 'syslog'],
    itself: true,
    parse: (message) => parsePam(message) ?? parsePamText(message),
  },
  {
    programs: [
      'gdm',
      'gdm3',
      'gdm-password',
      'gdm-autologin',
      'gdm-fingerprint',
      'gdm-smartcard',
      'gdm-launch-environment',
      'gdm-session-worker',
      'lightdm',
      'sddm',
      'sddm-helper',
      'xrdp-sesman',
      'cockpit-session',
    ],
    services: ['auth', 'syslog'],
    parse: parsePam,
  },
];

const byProgram = new Map(formats.flatMap((format) => format.programs.map((program) => [program, format] as const)));

/** Every other program's messages stay whole; PAM's are read in every program's lines. */
const otherProgram: ProgramFormat = { programs: [], services: ['syslog'], parse: parsePam };

/** formatOf gives the row for a program, or the one for all others. */
export function formatOf(program: string | undefined): ProgramFormat {
  return (program === undefined ? undefined : byProgram.get(program)) ?? otherProgram;
}

/** isKnownProgram recognises the programs whose messages are read, and those whose name alone marks a syslog line. */
export function isKnownProgram(program: string): boolean {
  return byProgram.has(program) || program === 'rsyslogd';
}

/** readsMessage says whether the program is known to write a message. */
export function readsMessage(program: string, message: string): boolean {
  return byProgram.get(program)?.parse(message) !== undefined;
}

/** Programs that people start in their session, and how their own messages begin: other programs in a session print names, too. */
const inSessions = [
  { program: 'sudo', begins: /^ *[^\s:]{1,64} : [A-Za-z(]/ },
  { program: 'su', begins: /^(?:FAILED SU )?\(to / },
] as const;

/** programByMessage gives the program that wrote a message in a session's scope: PAM names it, and of others only what they alone write. */
export function programByMessage(message: string): string | undefined {
  const pam = parsePam(message);
  if (pam === undefined)
    return inSessions.find(({ program, begins }) => begins.test(message) && readsMessage(program, message))?.program;
  const service = pam['pam_service'];
  return typeof service === 'string' && byProgram.has(service) ? service : undefined;
}

const sources = new Map(
  [...formats, otherProgram].map((format): [ProgramFormat, RecordSource] => [format, newSource(format)]),
);

/** programSources are the log sources of all programs' lines. */
export const programSources: readonly RecordSource[] = [...sources.values()];

/** sourceOf gives the log source of a program's lines: one object for all of them. */
export function sourceOf(format: ProgramFormat): RecordSource {
  return sources.get(format) ?? newSource(format);
}

function newSource({ services, category }: ProgramFormat): RecordSource {
  return { product: 'linux', services, ...(category !== undefined && { category }) };
}
