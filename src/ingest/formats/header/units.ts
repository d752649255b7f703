/** Units whose program has another name than they. */
const programs: Readonly<Record<string, string>> = {
  ssh: 'sshd',
  polkit: 'polkitd',
  user: 'systemd',
  getty: 'login',
  'serial-getty': 'login',
  'console-getty': 'login',
  rsyslog: 'rsyslogd',
  gdm3: 'gdm',
  'display-manager': 'gdm',
};

/**
 * unitProgram gives the program whose lines `journalctl -o with-unit` marks with a unit: `ssh.service` and `sshd@1-….service` are
 * sshd's. A scope holds what somebody started: it has no program of its own.
 */
export function unitProgram(unit: string): string | undefined {
  // A user's unit stands behind the one of the user: `user@1000.service/app.scope`.
  const last = unit.slice(unit.lastIndexOf('/') + 1);
  if (last.endsWith('.scope')) return last === 'init.scope' ? 'systemd' : undefined;
  if (!last.endsWith('.service')) return unit;
  const [name = ''] = last.slice(0, -'.service'.length).split('@', 1);
  return Object.hasOwn(programs, name) ? programs[name] : name;
}
