import { createOpener } from '../../src/ingest/open.ts';

/** FormatFigures says how fast the lines of one format become records, one core. */
export interface FormatFigures {
  readonly name: string;
  readonly linesPerSecond: number;
  readonly megabytesPerSecond: number;
}

const second = (i: number) => String(i % 60).padStart(2, '0');
const address = (i: number) => `192.0.2.${i % 250}`;
const id = '0123abcd'.repeat(8);

/** A line of each format; what changes from line to line in a real log changes here. */
const formats: Readonly<Record<string, (i: number) => string>> = {
  'sshd (RFC 3164)': (i) =>
    `Mar  1 10:00:${second(i)} web-1 sshd[${1000 + i}]: Failed password for invalid user u${i} from ${address(i)} port ${20_000 + i} ssh2`,
  'sshd (ISO 8601)': (i) =>
    `2026-03-01T10:00:${second(i)}.123456+00:00 web-1 sshd[${1000 + i}]: Accepted publickey for u${i} from ${address(i)} port ${20_000 + i} ssh2: ED25519 SHA256:abc`,
  'sudo (RFC 5424)': (i) =>
    `<86>1 2026-03-01T10:00:${second(i)}Z web-1 sudo ${i} - - u${i} : TTY=pts/0 ; PWD=/home/u ; USER=root ; COMMAND=/usr/bin/id ${i}`,
  PAM: (i) =>
    `Mar  1 10:00:${second(i)} web-1 sshd[${i}]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${address(i)}  user=u${i}`,
  'syslog of other programs': (i) => `Mar  1 10:00:${second(i)} web-1 app[${i}]: worker ${i} done in 12 ms`,
  auditd: (i) =>
    `type=SYSCALL msg=detectRecords(17723592${second(i)}.243:${i}): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=1 pid=${i} auid=1000 uid=1000 gid=1000 euid=1000 suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000 tty=pts2 ses=3 comm="id" exe="/usr/bin/id" key=(null)`,
  'journal (JSON)': (i) =>
    `{"__CURSOR":"s=${i}","__REALTIME_TIMESTAMP":"17723592${second(i)}500000","_HOSTNAME":"web-1","_COMM":"sshd","SYSLOG_IDENTIFIER":"sshd","_PID":"${i}","PRIORITY":"6","SYSLOG_FACILITY":"4","MESSAGE":"Failed password for root from ${address(i)} port ${20_000 + i} ssh2"}`,
  'web access': (i) =>
    `${address(i)} - - [01/Mar/2026:10:00:${second(i)} +0000] "GET /page/${i}?a=b HTTP/1.1" 200 ${i} "https://example.org/" "Mozilla/5.0 (X11; Linux x86_64)"`,
  'Docker event': (i) =>
    `2026-03-01T10:00:${second(i)}.123456789Z container die ${id} (exitCode=${i % 3}, image=nginx:1, name=web-${i})`,
  'Compose, web access inside': (i) =>
    `web-1  | 2026-03-01T10:00:${second(i)}.123456789Z ${address(i)} - - [01/Mar/2026:10:00:${second(i)} +0000] "GET /${i} HTTP/1.1" 200 ${i} "-" "curl/8"`,
  'JSON of an application': (i) =>
    `{"time":"2026-03-01T10:00:${second(i)}Z","level":"info","msg":"request ${i}","user":"u${i}"}`,
  'CloudWatch agent': (i) =>
    `2026-03-01T10:00:${second(i)}Z I! [logagent] piping log from group/stream${i}(/var/log/x) to cloudwatchlogs`,
  df: (i) => `/dev/nvme${i % 9}n1      50G   47G  3.0G  ${i % 100}% /srv/${i}`,
  uptime: (i) => ` 10:15:${second(i)} up ${i} days,  3:04,  2 users,  load average: 8.08, 0.03, 0.05`,
  'plain lines': (i) => `2026-03-01 10:00:${second(i)},123 INFO worker ${i} took 12 ms, status=200`,
};

const lines = 10_000;
const runs = 3;

/** benchFormats measures each format by itself: text in, records out, ids included. */
export function benchFormats(): readonly FormatFigures[] {
  const open = createOpener().text;
  return Object.entries(formats).map(([name, lineOf]) => {
    const texts = Array.from({ length: lines }, (_, i) => lineOf(i));
    const bytes = texts.reduce((sum, text) => sum + text.length, 0);
    let best = Number.POSITIVE_INFINITY;
    // The best of a few runs: everything else a machine does only makes it slower.
    for (let run = 0; run < runs; run++) {
      const started = performance.now();
      let records = 0;
      for (const [index, text] of texts.entries()) {
        for (const item of open(text, { path: name, index, time: '2026-03-02T00:00:00.000Z' })) {
          if (item.kind === 'record' && (item.record.fields['unparsed'] === undefined || name === 'plain lines'))
            records++;
        }
      }
      best = Math.min(best, performance.now() - started);
      if (records !== lines) throw new Error(`${name}: ${lines - records} lines could not be read`);
    }
    const seconds = best / 1000;
    return { name, linesPerSecond: lines / seconds, megabytesPerSecond: bytes / 1e6 / seconds };
  });
}
