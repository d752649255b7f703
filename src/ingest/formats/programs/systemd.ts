import { parsePam } from './pam/pam.ts';
import type { LineFields, ProgramParser } from '../text-format.ts';

/** SystemdMessage is one way systemd begins a message; the first group is the unit or what it is called. */
interface SystemdMessage {
  readonly pattern: RegExp;
  readonly action: string;
  readonly outcome?: 'success' | 'failure';
}

const messages: readonly SystemdMessage[] = [
  { pattern: /^Failed to start (.{1,256}?)\.?$/s, action: 'unit failed', outcome: 'failure' },
  { pattern: /^Started (.{1,256}?)\.?$/s, action: 'unit started', outcome: 'success' },
  { pattern: /^Starting (.{1,256}?)(?:\.\.\.)?$/s, action: 'unit starting' },
  { pattern: /^Stopped (.{1,256}?)\.?$/s, action: 'unit stopped', outcome: 'success' },
  { pattern: /^Stopping (.{1,256}?)(?:\.\.\.)?$/s, action: 'unit stopping' },
  { pattern: /^Reloaded (.{1,256}?)\.?$/s, action: 'unit reloaded', outcome: 'success' },
  { pattern: /^(\S{1,256}): Failed with result '/, action: 'unit failed', outcome: 'failure' },
  { pattern: /^(\S{1,256}): Main process exited, /, action: 'process exited' },
  {
    pattern: /^(\S{1,256}): A process of this unit has been killed by the OOM killer/,
    action: 'out of memory',
    outcome: 'failure',
  },
  { pattern: /^(\S{1,256}): (?:Deactivated successfully|Succeeded)\.$/, action: 'unit ended', outcome: 'success' },
];

/** parseSystemd reads what the service manager says of units and sessions: `Started Session 12 of user alice.`, `x.service: Failed with result 'exit-code'.` */
export const parseSystemd: ProgramParser = (message) => {
  const session =
    /^(?:Started|Starting|Stopped) (?:session-\S{1,64} - )?Session (\S{1,64}) of [Uu]ser (\S{1,256}?)\.?$/.exec(
      message,
    );
  if (session !== null) {
    return {
      action: message.startsWith('Stop') ? 'session closed' : 'session opened',
      activity: 'session',
      session: session[1] ?? '',
      user: session[2] ?? '',
    };
  }
  for (const { pattern, action, outcome } of messages) {
    const found = pattern.exec(message);
    if (found !== null) {
      return {
        action,
        activity: 'service',
        ...(outcome !== undefined && { outcome }),
        unit: found[1] ?? '',
        ...exitOf(message),
      };
    }
  }
  return parsePam(message);
};

/** `Main process exited, code=exited, status=1/FAILURE`, `code=killed, status=9/KILL`. */
function exitOf(message: string): LineFields {
  const found = /, code=(\w{1,16}), status=(\d{1,6})\/(\w{1,32})$/.exec(message);
  if (found === null) return {};
  const failed = found[2] !== '0';
  return {
    outcome: failed ? 'failure' : 'success',
    exit_code: Number(found[2]),
    reason: `${found[1]}, ${found[3]}`,
  };
}
