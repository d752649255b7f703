import { isKnownProgram } from '../programs.ts';
import { unitProgram } from './units.ts';

/** Tag is who wrote a line, as the header says it, and where the message begins. */
export interface Tag {
  /** Without its path: `sshd`, `sudo`, `CRON`. Absent for a unit that runs any program. */
  readonly program?: string;
  /** The PAM module that old syslogs write into the tag: `pam_unix` of `sshd(pam_unix)[123]:`. */
  readonly module?: string;
  readonly pid?: string;
  /** In the program's place, where a unit runs any program. */
  readonly unit?: string;
  readonly end: number;
}

/**
 * `sshd[812]:`, `sudo:`, `sshd(pam_unix)[812]:`, `polkitd(authority=local):`, `gdm-password][77]:`, `(systemd)[1]:`, macOS's
 * `sshd[812] <Notice>:` and `com.apple.xpc.launchd[1] (com.apple.x[7]):`. What a tag is made of can't hold what ends it.
 */
const tag =
  /([^\s:[\]()<>]{1,128}|\([^\s()]{1,64}\))\]?(?:\(([\w=.-]{1,64})\))?(?:\[(\d{1,10})(?:[:./][\da-fA-Fx]{1,18})?\])?(?: <\w{1,12}>| \([^()\s]{1,128}\))?:(?= |$)/y;

/** The same without its colon: `sshd[812] `. */
const bare = /([^\s:[\]()<>]{1,128})(?:\(([\w=.-]{1,64})\))?\[(\d{1,10})(?::[\da-fA-F]{1,18})?\](?= |$)/y;

/** A program's name alone, as `sudo ` before its message. */
const name = /[^\s:[\]()<>]{1,64}(?= )/y;

/** login tags what it says with `-- ` and the user's name. */
const login = /-- \S{1,64}\[(\d{1,10})\]:(?= )/y;

/** vsftpd's own log has only the process: `[pid 812] [bob] FAIL LOGIN: …`. */
const vsftpd = /\[pid (\d{1,10})\](?= (?:\[|CONNECT: ))/y;

/** tagAt reads the tag of a syslog line; undefined for any other word. */
export function tagAt(text: string, at: number): Tag | undefined {
  tag.lastIndex = at;
  const found = tag.exec(text);
  if (found !== null) return tagOf(found, at, found[2]?.startsWith('pam_') === true ? found[2] : undefined);
  bare.lastIndex = at;
  const uncolon = bare.exec(text);
  if (uncolon !== null) return tagOf(uncolon, at, undefined);
  login.lastIndex = at;
  const ofLogin = login.exec(text);
  if (ofLogin !== null) return { program: 'login', pid: ofLogin[1] ?? '', end: at + ofLogin[0].length };
  vsftpd.lastIndex = at;
  const ofVsftpd = vsftpd.exec(text);
  return ofVsftpd === null ? undefined : { program: 'vsftpd', pid: ofVsftpd[1] ?? '', end: at + ofVsftpd[0].length };
}

function tagOf([whole, word = '', , pid]: RegExpExecArray, at: number, module: string | undefined): Tag {
  const program = programOf(word);
  return {
    ...(program === undefined ? { unit: word } : { program }),
    ...(module !== undefined && { module }),
    ...(pid !== undefined && { pid }),
    end: at + whole.length,
  };
}

/** knownNameAt reads the name of a known program that stands without brackets or colon. */
export function knownNameAt(text: string, at: number): Tag | undefined {
  name.lastIndex = at;
  const program = name.exec(text)?.[0];
  return program !== undefined && isKnownProgram(program) ? { program, end: at + program.length } : undefined;
}

/** programOf is the program's name: `/usr/sbin/cron` is `cron`, `(sd-pam)` is `sd-pam`, `ssh.service` is `sshd`. `postfix/smtpd` is kept, since the first word says whose smtpd it is. */
export function programOf(word: string): string | undefined {
  if (word.startsWith('/')) return word.slice(word.lastIndexOf('/') + 1);
  if (word.startsWith('(')) return word.slice(1, -1);
  return word.includes('.') ? unitProgram(word) : word;
}
