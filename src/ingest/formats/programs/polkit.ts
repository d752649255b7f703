import { parsePam } from './pam/pam.ts';
import type { LineFields, ProgramParser } from '../text-format.ts';

/**
 * parsePolkit reads polkitd's decisions, `Operator of unix-session:1 successfully authenticated as unix-user:root to gain ONE-SHOT
 * authorization for action org.… for unix-process:42:7 [pkexec id] (owned by unix-user:alice)`, and pkexec's commands,
 * `alice: Executing command [USER=root] [TTY=/dev/pts/0] [CWD=/home/alice] [COMMAND=/usr/bin/id]`.
 */
export const parsePolkit: ProgramParser = (message) => {
  const decided =
    /^Operator of (\S{1,64}) (successfully authenticated as|FAILED to authenticate)(?: unix-user:(\S{1,256}))? to gain (?:(\S{1,32}) )?authorization for action (\S{1,256}) for /.exec(
      message,
    );
  if (decided !== null) return decisionOf(message, decided);
  const executed = /^([^\s:]{1,256}): Executing command \[USER=([^\]]{1,256})\] \[TTY=([^\]]{0,64})\] \[CWD=/.exec(
    message,
  );
  if (executed !== null) return commandOf(message, executed);
  const refused = /^([^\s:]{1,256}): (The value for .{1,200}|Error executing command as another user: .{1,200})/.exec(
    message,
  );
  if (refused !== null) {
    return {
      action: 'command refused',
      activity: 'privilege-use',
      outcome: 'failure',
      user: refused[1] ?? '',
      reason: refused[2] ?? '',
      ...bracketed(message),
    };
  }
  if (/^(?:Unr|R)egistered Authentication Agent for /.test(message))
    return { action: 'authentication agent', activity: 'session' };
  if (
    /^(?:Started polkitd|Loading rules|Finished loading|Acquired the name|Reloading rules|Collecting garbage|Compiling rules)/.test(
      message,
    )
  )
    return { action: 'server started', activity: 'other' };
  return parsePam(message);
};

function decisionOf(message: string, [, session = '', how = '', as, kind, action = '']: RegExpExecArray): LineFields {
  const ok = how.startsWith('successfully');
  // The command between stands in the way of whatever it says: the owner is polkit's last word.
  const owner = / \(owned by unix-user:(\S{1,256})\)$/.exec(message)?.[1];
  return {
    action: ok ? 'privilege granted' : 'privilege refused',
    activity: 'privilege-use',
    outcome: ok ? 'success' : 'failure',
    ...(owner !== undefined && { user: owner }),
    ...(as !== undefined && { target_user: as }),
    session,
    polkit_action: action,
    ...(kind !== undefined && { authorization: kind }),
  };
}

function commandOf(message: string, [, user = '', target = '', tty = '']: RegExpExecArray): LineFields {
  return {
    action: 'command run',
    activity: 'privilege-use',
    outcome: 'success',
    user,
    USER: target,
    TTY: tty,
    ...bracketed(message),
  };
}

/** The working directory and the command; the command is last and takes what is left. */
function bracketed(message: string): LineFields {
  const folder = message.indexOf(' [CWD=');
  const command = message.indexOf('] [COMMAND=', folder);
  if (folder === -1 || command === -1) return {};
  return {
    PWD: message.slice(folder + 6, command),
    COMMAND: message.slice(command + 11, message.endsWith(']') ? -1 : undefined),
  };
}

/** parseDoas reads `alice ran command /usr/bin/id as root from /home/alice`, `command not permitted for alice: id`, `failed auth for alice`. */
export const parseDoas: ProgramParser = (message) => {
  const ran = /^(\S{1,256}) ran command /.exec(message);
  if (ran !== null) {
    const text = message.slice(ran[0].length);
    // A command may say ` as root from /` too; doas says it last.
    const from = text.lastIndexOf(' from ');
    const as = text.lastIndexOf(' as ', from === -1 ? undefined : from);
    const end = as === -1 ? text.length : as;
    return {
      action: 'command run',
      activity: 'privilege-use',
      outcome: 'success',
      user: ran[1] ?? '',
      COMMAND: text.slice(0, end),
      ...(as !== -1 && { USER: text.slice(as + 4, from > as ? from : undefined) }),
      ...(from > as && { PWD: text.slice(from + 6) }),
    };
  }
  const refused =
    /^(?:command not permitted|(?:failed|no) (?:auth|authentication)|failed command) for (\S{1,256}?)(?:: ?|$)/.exec(
      message,
    );
  if (refused === null) return parsePam(message);
  const command = message.slice(refused[0].length);
  return {
    action: command === '' ? 'authentication failure' : 'command refused',
    activity: command === '' ? 'authentication' : 'privilege-use',
    outcome: 'failure',
    user: refused[1] ?? '',
    ...(command !== '' && { COMMAND: command }),
  };
};
