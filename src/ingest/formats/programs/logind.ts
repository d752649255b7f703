import type { ProgramParser } from '../text-format.ts';

/** parseLogind reads systemd-logind: `New session 12 of user alice.`, `Session 12 logged out. …`, `Removed session 12.` */
export const parseLogind: ProgramParser = (message) => {
  const opened = /^New session '?(\S{1,64}?)'? of user '?(\S{1,256}?)'?(?: with .*)?\.$/.exec(message);
  if (opened !== null) {
    return {
      action: 'session opened',
      activity: 'session',
      outcome: 'success',
      session: opened[1] ?? '',
      user: opened[2] ?? '',
    };
  }
  const ended = /^Session (\S{1,64}) logged out\./.exec(message);
  if (ended !== null) return { action: 'session logged out', activity: 'session', session: ended[1] ?? '' };
  const removed = /^Removed session (\S{1,64}?)\.$/.exec(message);
  if (removed !== null) return { action: 'session closed', activity: 'session', session: removed[1] ?? '' };
  if (/^(?:System is |The system will |Power key pressed|Suspend key pressed|Lid )/.test(message)) {
    return { action: 'power state changed', activity: 'other' };
  }
  return undefined;
};
