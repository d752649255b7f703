/** HostHeader is one way in which a host's line is written. All write the same line of the same second. */
export interface HostHeader {
  readonly name: string;
  /** A line of `program[pid]` at 05:33:`second` UTC on 11 March 2026, on host h1. */
  readonly line: (second: number, program: string, message: string) => string;
  /** What the form leaves out. */
  readonly without?: { readonly host?: true; readonly pid?: true; readonly time?: true };
}

const pid = 812;
const two = (second: number): string => String(second).padStart(2, '0');
const epoch = (second: number): number => 1_773_207_180 + second;
const tag = (program: string): string => `${program}[${pid}]:`;

/** Systemd's units, as `journalctl -o with-unit` names them in the place of programs. */
const units: Readonly<Record<string, string>> = { sshd: 'ssh.service', sudo: 'session-3.scope', su: 'session-3.scope' };

/** hostHeaders are the forms in which journalctl, syslogs, relays and macOS write a host's line. */
export const hostHeaders: readonly HostHeader[] = [
  { name: 'rsyslog, traditional', line: (s, p, m) => `Mar 11 05:33:${two(s)} h1 ${tag(p)} ${m}` },
  { name: 'rsyslog, traditional, forwarded', line: (s, p, m) => `<86>Mar 11 05:33:${two(s)} h1 ${tag(p)} ${m}` },
  { name: 'rsyslog, RFC 3339', line: (s, p, m) => `2026-03-11T05:33:${two(s)}.123456+00:00 h1 ${tag(p)} ${m}` },
  { name: 'rsyslog, RFC 3339, forwarded', line: (s, p, m) => `<86>2026-03-11T06:33:${two(s)}+01:00 h1 ${tag(p)} ${m}` },
  { name: 'RFC 5424', line: (s, p, m) => `<86>1 2026-03-11T05:33:${two(s)}.5Z h1 ${p} ${pid} - - ${m}` },
  { name: 'RFC 5424 without a priority', line: (s, p, m) => `1 2026-03-11T05:33:${two(s)}Z h1 ${p} ${pid} - - ${m}` },
  {
    name: 'RFC 5424 over TCP',
    line: (s, p, m) =>
      `${60 + m.length} <86>1 2026-03-11T05:33:${two(s)}Z h1 ${p} ${pid} - [meta@1 sequenceId="7"] ${m}`,
  },
  { name: 'journalctl -o short-precise', line: (s, p, m) => `Mar 11 05:33:${two(s)}.123456 h1 ${tag(p)} ${m}` },
  { name: 'journalctl -o short-iso', line: (s, p, m) => `2026-03-11T05:33:${two(s)}+0000 h1 ${tag(p)} ${m}` },
  {
    name: 'journalctl -o short-iso-precise',
    line: (s, p, m) => `2026-03-11T05:33:${two(s)}.123456+0000 h1 ${tag(p)} ${m}`,
  },
  { name: 'journalctl -o short-full', line: (s, p, m) => `Wed 2026-03-11 05:33:${two(s)} UTC h1 ${tag(p)} ${m}` },
  {
    name: 'journalctl -o short-full, zone east of UTC',
    line: (s, p, m) => `Wed 2026-03-11 06:33:${two(s)} CET h1 ${tag(p)} ${m}`,
  },
  {
    name: 'journalctl -o short-full, zone without a name',
    line: (s, p, m) => `Wed 2026-03-11 02:33:${two(s)} -03 h1 ${tag(p)} ${m}`,
  },
  { name: 'journalctl -o short-unix', line: (s, p, m) => `${epoch(s)}.123456 h1 ${tag(p)} ${m}` },
  {
    name: 'journalctl -o short-monotonic',
    line: (s, p, m) => `[ ${100 + s}.123456] h1 ${tag(p)} ${m}`,
    without: { time: true },
  },
  {
    name: 'journalctl -o short-delta',
    line: (s, p, m) => `[ ${100 + s}.123456 <    1.000012 >] h1 ${tag(p)} ${m}`,
    without: { time: true },
  },
  {
    name: 'journalctl -o with-unit',
    line: (s, p, m) => `Wed 2026-03-11 05:33:${two(s)} UTC h1 ${units[p] ?? `${p}.service`}[${pid}]: ${m}`,
  },
  {
    name: 'journalctl --no-hostname',
    line: (s, p, m) => `Mar 11 05:33:${two(s)} ${tag(p)} ${m}`,
    without: { host: true },
  },
  { name: 'BusyBox', line: (s, p, m) => `Mar 11 05:33:${two(s)} h1 authpriv.notice ${tag(p)} ${m}` },
  {
    name: 'OpenWrt',
    line: (s, p, m) => `Wed Mar 11 05:33:${two(s)} 2026 authpriv.notice ${tag(p)} ${m}`,
    without: { host: true },
  },
  { name: 'FreeBSD, syslogd -v', line: (s, p, m) => `Mar 11 05:33:${two(s)} <4.6> h1 ${tag(p)} ${m}` },
  { name: 'FreeBSD, syslogd -vv', line: (s, p, m) => `Mar 11 05:33:${two(s)} <auth.info> h1 ${tag(p)} ${m}` },
  { name: 'Solaris', line: (s, p, m) => `Mar 11 05:33:${two(s)} h1 ${tag(p)} [ID 800047 auth.info] ${m}` },
  { name: 'AIX', line: (s, p, m) => `Mar 11 05:33:${two(s)} h1 auth|security:info ${tag(p)} ${m}` },
  {
    name: 'AIX, forwarded',
    line: (s, p, m) => `Mar 11 05:33:${two(s)} relay Message forwarded from h1: ${tag(p)} ${m}`,
  },
  { name: 'syslog-ng, year first', line: (s, p, m) => `2026 Mar 11 05:33:${two(s)} h1 ${tag(p)} ${m}` },
  { name: 'year after the day', line: (s, p, m) => `Mar 11 2026 05:33:${two(s)} h1 ${tag(p)} ${m}` },
  { name: 'year last', line: (s, p, m) => `Mar 11 05:33:${two(s)} 2026 h1 ${tag(p)} ${m}` },
  { name: "date's own order", line: (s, p, m) => `Wed Mar 11 05:33:${two(s)} UTC 2026 h1 ${tag(p)} ${m}` },
  { name: 'day first', line: (s, p, m) => `11 Mar 2026 05:33:${two(s)} h1 ${tag(p)} ${m}` },
  { name: 'RFC 2822', line: (s, p, m) => `Wed, 11 Mar 2026 07:33:${two(s)} +0200 h1 ${tag(p)} ${m}` },
  { name: 'half days', line: (s, p, m) => `Wed Mar 11 05:33:${two(s)} AM UTC 2026 h1 ${tag(p)} ${m}` },
  { name: 'ISO with a blank', line: (s, p, m) => `2026-03-11 05:33:${two(s)} h1 ${tag(p)} ${m}` },
  { name: 'ISO with a blank and a comma', line: (s, p, m) => `2026-03-11 05:33:${two(s)},123 h1 ${tag(p)} ${m}` },
  { name: 'ISO with a blank and a zone', line: (s, p, m) => `2026-03-11 06:33:${two(s)} +0100 h1 ${tag(p)} ${m}` },
  { name: "ISO with a blank and a zone's name", line: (s, p, m) => `2026-03-11 05:33:${two(s)} UTC h1 ${tag(p)} ${m}` },
  { name: 'slashes', line: (s, p, m) => `2026/03/11 05:33:${two(s)} h1 ${tag(p)} ${m}` },
  { name: 'svlogd', line: (s, p, m) => `2026-03-11_05:33:${two(s)}.12345 h1 ${tag(p)} ${m}` },
  {
    name: 'socklog',
    line: (s, p, m) => `2026-03-11T05:33:${two(s)}.12345 authpriv.notice: Mar 11 05:33:${two(s)} ${tag(p)} ${m}`,
    without: { host: true },
  },
  {
    name: 'multilog',
    line: (s, p, m) => `@40000000${(epoch(s) + 10).toString(16)}075bca00 h1 ${tag(p)} ${m}`,
  },
  { name: 'a relay before it', line: (s, p, m) => `Mar 11 05:34:59 relay Mar 11 05:33:${two(s)} h1 ${tag(p)} ${m}` },
  {
    name: 'a relay before it, with the priority that came',
    line: (s, p, m) => `2026-03-11T05:34:59Z relay <86>Mar 11 05:33:${two(s)} h1 ${tag(p)} ${m}`,
  },
  {
    name: 'a relay before RFC 5424',
    line: (s, p, m) => `Mar 11 05:34:59 relay 1 2026-03-11T05:33:${two(s)}Z h1 ${p} ${pid} - - ${m}`,
  },
  { name: 'a relay that only adds its name', line: (s, p, m) => `Mar 11 05:33:${two(s)} relay h1 ${tag(p)} ${m}` },
  { name: 'no colon', line: (s, p, m) => `Mar 11 05:33:${two(s)} h1 ${p}[${pid}] ${m}` },
  {
    name: 'no colon and no process id',
    line: (s, p, m) => `Mar 11 05:33:${two(s)} h1 ${p} ${m}`,
    without: { pid: true },
  },
  { name: 'no process id', line: (s, p, m) => `Mar 11 05:33:${two(s)} h1 ${p}: ${m}`, without: { pid: true } },
  { name: 'a path', line: (s, p, m) => `Mar 11 05:33:${two(s)} h1 /usr/sbin/${tag(p)} ${m}` },
  { name: 'macOS, system.log', line: (s, p, m) => `Mar 11 05:33:${two(s)} h1 ${p}[${pid}] <Notice>: ${m}` },
  {
    name: 'macOS, log show --style syslog',
    line: (s, p, m) => `2026-03-11 05:33:${two(s)}.123456+0000  h1 ${tag(p)} (libpam.2.dylib) ${m}`,
  },
  {
    name: 'macOS, log show',
    line: (s, p, m) =>
      `2026-03-11 05:33:${two(s)}.123456+0000 0x1a2b     Default     0x0                  ${pid}    0    ${p}: (libpam.2.dylib) ${m}`,
    without: { host: true },
  },
  {
    name: 'macOS, log show --style compact',
    line: (s, p, m) => `2026-03-11 05:33:${two(s)}.123 Df ${p}[${pid}:1a2b] ${m}`,
    without: { host: true },
  },
];
