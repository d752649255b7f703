import { parseAudit } from './auditd.ts';
import { parsePam } from './pam/pam.ts';
import type { LineFields, ProgramParser } from '../text-format.ts';

/** parseKernel reads audit records without a daemon, packets that a firewall logs, processes killed for memory, and crashes. */
export const parseKernel: ProgramParser = (message) => {
  // Seconds since the start: `[   12.345678] `.
  const stamp = /^\[ {0,8}\d{1,10}\.\d{1,9}\] ?/.exec(message);
  const text = stamp === null ? message : message.slice(stamp[0].length);
  const killed = /^(?:Memory cgroup out|Out) of memory: (?:Killed|Kill) process (\d{1,10}) \(([^)]{1,64})\)/.exec(text);
  if (killed !== null) {
    return {
      action: 'out of memory',
      activity: 'service',
      outcome: 'failure',
      killed_pid: killed[1] ?? '',
      comm: killed[2] ?? '',
    };
  }
  const crashed = /^(\S{1,64})\[(\d{1,10})\]: segfault at /.exec(text);
  if (crashed !== null) {
    return {
      action: 'process crashed',
      activity: 'other',
      outcome: 'failure',
      comm: crashed[1] ?? '',
      crashed_pid: crashed[2] ?? '',
    };
  }
  if (/ SRC=[\da-fA-F.:]{2,45} DST=[\da-fA-F.:]{2,45} /.test(text.slice(0, 512))) return packetOf(text);
  return parseAudit(text) ?? parsePam(text);
};

const packetNames = new Set(['IN', 'OUT', 'SRC', 'DST', 'PROTO', 'SPT', 'DPT']);

/** `[UFW BLOCK] IN=eth0 OUT= MAC=… SRC=192.0.2.1 DST=198.51.100.1 LEN=40 … PROTO=TCP SPT=4711 DPT=22 …`, as netfilter names it. */
function packetOf(text: string): LineFields {
  const fields: LineFields = {
    action: /BLOCK|DROP|REJECT|DENY/i.test(text.slice(0, 128)) ? 'packet blocked' : 'packet logged',
    activity: 'connection',
  };
  for (const word of text.split(' ', 80)) {
    const equals = word.indexOf('=');
    const name = word.slice(0, equals);
    if (equals > 0 && packetNames.has(name) && equals < word.length - 1) fields[name] = word.slice(equals + 1);
  }
  if (fields['SRC'] !== undefined) fields['src_ip'] = fields['SRC'];
  if (fields['SPT'] !== undefined) fields['src_port'] = Number(fields['SPT']);
  return fields;
}
