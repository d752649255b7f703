/**
 * cpuMs reads the processor time of this process, in ms: what a bound on work is measured in, since other work on the
 * machine doesn't add to it.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
