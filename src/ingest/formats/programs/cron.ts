import { parsePam } from './pam/pam.ts';
import type { ProgramParser } from '../text-format.ts';

/** parseCron reads cron and crontab: `(root) CMD (run-parts /etc/cron.hourly)`, `(alice) REPLACE (alice)`, PAM's sessions. */
export const parseCron: ProgramParser = (message) => {
  const found = /^\(([^()]{1,256})\) ([A-Z][A-Za-z ]{1,40}) \(/.exec(message);
  if (found === null) return parsePam(message);
  const [head, user = '', verb = ''] = found;
  const inner = message.slice(head.length, message.endsWith(')') ? -1 : undefined);
  const command = verb === 'CMD' || verb === 'CMDEND' || verb === 'CMDOUT';
  return {
    action: actions[verb] ?? `cron ${verb.toLowerCase()}`,
    activity: 'schedule',
    user,
    cron_verb: verb,
    ...(command ? { command: inner } : { cron_target: inner }),
  };
};

const actions: Readonly<Record<string, string>> = {
  CMD: 'job run',
  CMDEND: 'job ended',
  REPLACE: 'crontab replaced',
  DELETE: 'crontab deleted',
  LIST: 'crontab listed',
  'BEGIN EDIT': 'crontab edit begun',
  'END EDIT': 'crontab edit ended',
  RELOAD: 'crontab reloaded',
};
