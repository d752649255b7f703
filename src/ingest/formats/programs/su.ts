import { parsePam } from './pam/pam.ts';
import type { LineFields, ProgramParser } from '../text-format.ts';

/**
 * parseSu reads su's own messages: util-linux `(to root) alice on pts/0` and `FAILED SU (to root) alice on pts/0`, shadow's
 * `Successful su for root by alice` and `+ /dev/pts/0 alice:root`, BSD's `BAD SU alice to root on /dev/pts/0`; and PAM's.
 */
export const parseSu: ProgramParser = (message) => {
  const to = /^(FAILED SU )?\(to (\S{1,256})\) (\S{1,256}) on (\S{1,256})$/.exec(message);
  if (to !== null) return switched(to[1] === undefined, to[2], to[3], to[4]);
  const by = /^(Successful|FAILED) su for (\S{1,256}) by (\S{1,256})$/.exec(message);
  if (by !== null) return switched(by[1] === 'Successful', by[2], by[3]);
  const mark = /^([+-]) (\S{1,256}) ([^\s:]{1,256})[:-](\S{1,256})$/.exec(message);
  if (mark !== null) return switched(mark[1] === '+', mark[4], mark[3], mark[2]);
  const bsd = /^(BAD SU )?(\S{1,256}) to (\S{1,256}) on (\S{1,256})$/.exec(message);
  if (bsd !== null) return switched(bsd[1] === undefined, bsd[3], bsd[2], bsd[4]);
  return parsePam(message);
};

function switched(ok: boolean, target = '', user = '', tty?: string): LineFields {
  return {
    action: ok ? 'user switched' : 'user switch failed',
    activity: 'privilege-use',
    outcome: ok ? 'success' : 'failure',
    user,
    target_user: target,
    ...(tty !== undefined && { tty }),
  };
}
