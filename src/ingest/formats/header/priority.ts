/** Facilities by their number. https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1 */
const facilities =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit console cron2 local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );
const severities = 'emerg alert crit err warning notice info debug'.split(' ');

/** Other names that syslogs and shippers give them. */
const facilityNames: Readonly<Record<string, string>> = { security: 'auth', clock: 'cron2', 'solaris-cron': 'cron2' };
const severityNames: Readonly<Record<string, string>> = {
  emergency: 'emerg',
  panic: 'emerg',
  critical: 'crit',
  error: 'err',
  warn: 'warning',
  informational: 'info',
};

/** priorityOf gives facility × 8 + severity, each given by its name or its number; undefined when one of them is neither. */
export function priorityOf(facility: string | undefined, severity: string | undefined): number | undefined {
  const high = numberOf(facility, facilities, facilityNames);
  const low = numberOf(severity, severities, severityNames);
  return high === undefined || low === undefined ? undefined : high * 8 + low;
}

function numberOf(
  text: string | undefined,
  names: readonly string[],
  others: Readonly<Record<string, string>>,
): number | undefined {
  if (text === undefined) return undefined;
  const name = text.toLowerCase();
  const found = /^\d{1,2}$/.test(name)
    ? Number(name)
    : names.indexOf(Object.hasOwn(others, name) ? (others[name] ?? '') : name);
  return found >= 0 && found < names.length ? found : undefined;
}

/** Priority is a priority that a header says in words, and where what follows begins. */
interface Priority {
  readonly priority: number;
  readonly end: number;
}

/** `auth.info` (BusyBox), `auth|security:info` (AIX), `<auth.info>` and `<4.6>` (FreeBSD), `auth.info<38>` (rsyslog's pri-text). */
const words =
  /(<|\[)?(\d{1,2}|[a-z][a-z\d]{2,11}(?:-cron)?)(?:\|security)?[.:](\d|[a-z]{3,13})(?:<\d{1,3}>)?([>\]])?:?(?= )/y;

/** priorityAt reads facility and severity in words, as some syslogs put them before the host or the tag. */
export function priorityAt(text: string, at: number): Priority | undefined {
  words.lastIndex = at;
  const found = words.exec(text);
  if (found === null) return undefined;
  const [whole, open, facility, severity, close] = found;
  // Bare numbers, `4.6`, are anything.
  if ((open === undefined) !== (close === undefined) || (open === undefined && /^\d/.test(whole))) return undefined;
  const priority = priorityOf(facility, severity);
  return priority === undefined ? undefined : { priority, end: at + whole.length };
}

const solaris = /\[ID \d{1,10} ([a-z\d]{2,12})\.([a-z]{3,13})\] /y;

/** messageIdAt reads what Solaris and illumos put before each message: `[ID 800047 auth.info] `. */
export function messageIdAt(text: string, at: number): Priority | undefined {
  solaris.lastIndex = at;
  const found = solaris.exec(text);
  if (found === null) return undefined;
  const priority = priorityOf(found[1], found[2]);
  return priority === undefined ? undefined : { priority, end: at + found[0].length };
}
