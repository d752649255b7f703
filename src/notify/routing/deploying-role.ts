import type { SuppressionSettings } from './suppress.ts';

/** deployingRoleName is what the suppression made of `deployRoles` is called; configuration of the same name takes its place. */
export const deployingRoleName = 'deploying-role';

/**
 * deployingRole is the suppression of what the roles that deploy do, up to medium. What it never covers: a person's session of
 * Identity Center, a user, and whatever impairs watching itself, at any level.
 * @param roles names of roles or ARNs, in which * stands for any characters, as `rolePatterns` takes them.
 */
export function deployingRole(roles: readonly string[]): SuppressionSettings {
  return {
    name: deployingRoleName,
    // Other sources' actors are names that somebody wrote into a log, which may be spelled like an ARN.
    match: {
      level: ['<= medium'],
      source: ['cloudtrail'],
      actorKind: ['role'],
      actor: roles.flatMap((role) => rolePatterns(role) ?? []),
    },
    except: { tag: ['attack.defense-*', 'attack.t1562*', 'attack.t1070*'] },
    owner: 'trailwatch',
    reason: 'The role that deploys changes what rules watch, as it should: it is named under deployRoles',
    expires: 'never',
  };
}

/**
 * rolePatterns gives the ARNs that sessions of a role and the role itself have in events; undefined for what names no role. A
 * session's name is chosen by whoever takes on the role, so that it is never looked at.
 */
export function rolePatterns(role: string): readonly string[] | undefined {
  const [, partition = 'aws*', account = '*', name = role] =
    /^arn:(aws[a-z*-]*):iam::(\d{12}|\*):role\/(?:[!-~]+\/)?([^/]+)$/.exec(role) ??
    /^arn:(aws[a-z*-]*):sts::(\d{12}|\*):assumed-role\/([^/]+)(?:\/\*)?$/.exec(role) ??
    [];
  // Something of a name must be said: * alone would be everybody.
  if (!/^[\w+=,.@*-]{1,64}$/.test(name) || !/\w{2}/.test(name)) return undefined;
  const iam = `arn:${partition}:iam::${account}:role`;
  return [`arn:${partition}:sts::${account}:assumed-role/${name}/*`, `${iam}/${name}`, `${iam}/*/${name}`];
}
