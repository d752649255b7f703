/** HostShipper is one way in which a syslog or a shipper writes a host's line as JSON. All write the same line of the same second. */
export interface HostShipper {
  readonly name: string;
  /** The object for a line of `program[812]` at 05:33:`second` UTC on 11 March 2026, on host h1. */
  readonly line: (second: number, program: string, message: string) => Readonly<Record<string, unknown>>;
  /** What the form leaves out. */
  readonly without?: { readonly pid?: true; readonly host?: true };
}

const epoch = (second: number): number => 1_773_207_180 + second;
const iso = (second: number): string => new Date(epoch(second) * 1000).toISOString();
const stamp = (second: number): string => `Mar 11 05:33:${String(second).padStart(2, '0')}`;

/** The journal's own fields, as each shipper of it has them. */
const journal = (second: number, program: string, message: string) => ({
  __REALTIME_TIMESTAMP: String(epoch(second) * 1e6),
  __MONOTONIC_TIMESTAMP: '6814551326',
  _BOOT_ID: '2a9a0b466cc24dc6b24d8ddea42e83fa',
  _TRANSPORT: 'syslog',
  PRIORITY: '6',
  SYSLOG_FACILITY: '10',
  SYSLOG_IDENTIFIER: program,
  _COMM: program,
  _PID: '812',
  _SYSTEMD_UNIT: program === 'sshd' ? 'ssh.service' : 'session-3.scope',
  _HOSTNAME: 'h1',
  MESSAGE: message,
});

const without = (names: readonly string[], value: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
const renamed = (rename: (name: string) => string, value: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => [rename(name), inner]));
const ownClock = ['__REALTIME_TIMESTAMP', '__MONOTONIC_TIMESTAMP'];

/** hostShippers are the forms of JSON in which shippers hand on a host's lines. */
export const hostShippers: readonly HostShipper[] = [
  {
    name: "Fluent Bit's syslog parser",
    line: (s, p, m) => ({ date: epoch(s), pri: '86', time: stamp(s), host: 'h1', ident: p, pid: '812', message: m }),
  },
  {
    name: 'Container Insights, host',
    line: (s, p, m) => ({
      date: epoch(s) + 0.5,
      host: 'h1',
      ident: p,
      pid: '812',
      message: m,
      az: 'eu-west-1a',
      ec2_instance_id: 'i-0abc',
    }),
  },
  {
    name: 'Container Insights, dataplane',
    without: { pid: true },
    line: (s, p, m) => ({
      '@timestamp': iso(s),
      hostname: 'h1',
      systemd_unit: p === 'sshd' ? 'sshd.service' : 'session-3.scope',
      message: m,
      az: 'eu-west-1a',
      ec2_instance_id: 'i-0abc',
    }),
  },
  {
    name: "Fluent Bit's tail",
    line: (s, p, m) => ({ date: epoch(s), log: `${stamp(s)} h1 ${p}[812]: ${m}` }),
  },
  {
    name: 'journald by Fluent Bit',
    line: (s, p, m) => ({ ...without(ownClock, journal(s, p, m)), '@timestamp': iso(s) }),
  },
  {
    name: 'journald by Fluent Bit, underscores stripped',
    line: (s, p, m) => ({
      date: epoch(s),
      ...renamed((name) => name.replace(/^_+/, ''), without(ownClock, journal(s, p, m))),
    }),
  },
  {
    name: 'journald by Fluent Bit, small letters',
    line: (s, p, m) => ({
      date: epoch(s),
      ...renamed((name) => name.toLowerCase(), without(ownClock, journal(s, p, m))),
    }),
  },
  {
    name: 'journald by Vector',
    line: (s, p, m) => ({
      ...without(['MESSAGE', '_HOSTNAME'], journal(s, p, m)),
      host: 'h1',
      message: m,
      source_type: 'journald',
      timestamp: iso(s),
    }),
  },
  {
    name: 'journald by Filebeat',
    line: (s, p, m) => ({
      '@timestamp': iso(s),
      message: m,
      host: { hostname: 'h1', name: 'h1', id: 'x' },
      event: { kind: 'event', created: iso(s) },
      syslog: { identifier: p, facility: 10, priority: 6 },
      process: { name: p, pid: 812 },
      journald: { host: { boot_id: 'b' }, pid: 812, uid: 0, process: { name: p } },
      systemd: { unit: 'ssh.service', transport: 'syslog' },
      input: { type: 'journald' },
    }),
  },
  {
    name: 'journald by Filebeat 8',
    line: (s, p, m) => ({
      '@timestamp': iso(s),
      message: m,
      host: { hostname: 'h1' },
      log: { syslog: { appname: p, priority: 6, facility: { code: 10 } } },
      journald: { pid: 812, process: { name: p } },
    }),
  },
  {
    name: 'syslog by Vector',
    line: (s, p, m) => ({
      appname: p,
      facility: 'authpriv',
      host: 'h1',
      hostname: 'h1',
      message: m,
      procid: 812,
      severity: 'info',
      source_ip: '10.0.0.5',
      source_type: 'syslog',
      timestamp: iso(s),
      version: 1,
    }),
  },
  {
    name: 'a file by Vector',
    line: (s, p, m) => ({
      file: '/var/log/auth.log',
      host: 'collector',
      message: `${stamp(s)} h1 ${p}[812]: ${m}`,
      source_type: 'file',
      timestamp: iso(s + 1),
    }),
  },
  {
    name: 'a file by Filebeat',
    line: (s, p, m) => ({
      '@timestamp': iso(s + 1),
      message: `${stamp(s)} h1 ${p}[812]: ${m}`,
      log: { file: { path: '/var/log/auth.log' }, offset: 12 },
      host: { name: 'h1' },
      agent: { type: 'filebeat', version: '8.15.0' },
    }),
  },
  {
    name: 'ECS, as the system module makes it',
    line: (s, p, m) => ({
      '@timestamp': iso(s),
      host: { hostname: 'h1', name: 'h1' },
      process: { name: p, pid: 812 },
      event: { dataset: 'system.auth', kind: 'event' },
      message: m,
    }),
  },
  {
    name: 'ECS with dots in its keys',
    line: (s, p, m) => ({
      '@timestamp': iso(s),
      'host.hostname': 'h1',
      'process.name': p,
      'process.pid': 812,
      'event.dataset': 'system.auth',
      message: m,
    }),
  },
  {
    name: "rsyslog's jsonmesg",
    line: (s, p, m) => ({
      msg: ` ${m}`,
      rawmsg: 'x',
      timereported: iso(s),
      hostname: 'h1',
      syslogtag: `${p}[812]:`,
      inputname: 'imuxsock',
      fromhost: 'relay',
      'fromhost-ip': '127.0.0.1',
      pri: '86',
      syslogfacility: '10',
      syslogseverity: '6',
      timegenerated: iso(s),
      programname: p,
      procid: '812',
    }),
  },
  {
    name: "rsyslog's template for Elasticsearch",
    line: (s, p, m) => ({
      '@timestamp': iso(s),
      host: 'h1',
      severity: 'info',
      facility: 'authpriv',
      syslogtag: `${p}[812]:`,
      message: ` ${m}`,
    }),
  },
  {
    name: "syslog-ng's format-json",
    line: (s, p, m) => ({
      PROGRAM: p,
      PRIORITY: 'info',
      PID: '812',
      MESSAGE: m,
      HOST: 'h1',
      FACILITY: 'authpriv',
      DATE: stamp(s),
    }),
  },
  {
    name: 'Logstash',
    line: (s, p, m) => ({
      '@timestamp': iso(s),
      '@version': '1',
      timestamp: stamp(s),
      logsource: 'h1',
      program: p,
      pid: '812',
      message: m,
      priority: 86,
      severity: 6,
      facility: 10,
    }),
  },
  {
    name: 'GELF',
    line: (s, p, m) => ({
      version: '1.1',
      host: 'h1',
      short_message: m,
      timestamp: epoch(s) + 0.25,
      level: 6,
      _application_name: p,
      _process_id: '812',
    }),
  },
  {
    name: "OpenTelemetry's syslog receiver",
    line: (s, p, m) => ({
      timestamp: iso(s),
      body: `<86>…`,
      attributes: {
        appname: p,
        hostname: 'h1',
        proc_id: '812',
        facility: 10,
        priority: 86,
        message: m,
        timestamp: iso(s),
      },
    }),
  },
  {
    name: 'NXLog',
    line: (s, p, m) => ({
      EventTime: iso(s),
      Hostname: 'h1',
      SyslogFacility: 'AUTHPRIV',
      SyslogSeverity: 'INFO',
      SourceName: p,
      ProcessID: 812,
      Message: m,
    }),
  },
];
