import type { SuppressionSettings } from './suppress.ts';

/** deployingRoleName is the name of the suppression made from `deployRoles`; a configured suppression of that name replaces it. */
export const deployingRoleName = 'deploying-role';

/**
 * deployingRole is the suppression of findings, up to medium, about what the roles that deploy do. It never covers a person's
 * session of Identity Center, a user, or anything that impairs detection itself, at any level.
 * @param roles names of roles or ARNs, in which * stands for any characters, as `rolePatterns` takes them.
 */
export function deployingRole(roles: readonly string[]): SuppressionSettings {
  return {
    name: deployingRoleName,
    // In other sources the actor is a name from a log line, which an attacker may have spelled like an ARN.
    match: {
      level: ['<= medium'],
      source: ['cloudtrail'],
      actorKind: ['role'],
      actor: roles.flatMap((role) => rolePatterns(role) ?? []),
    },
    except: { tag: ['attack.defense-*', 'attack.t1562*', 'attack.t1070*'] },
    owner: 'trailwatch',
    reason: 'Roles named under deployRoles are expected to change what rules watch',
    expires: 'never',
  };
}

/**
 * rolePatterns gives the ARNs that a role and its sessions have in events; undefined for text that does not name a role. The
 * caller who assumes a role chooses the session's name, so the patterns ignore it.
 */
export function rolePatterns(role: string): readonly string[] | undefined {
  const [, partition = 'aws*', account = '*', name = role] =
    /^arn:(aws[a-z*-]*):iam::(\d{12}|\*):role\/(?:[!-~]+\/)?([^/]+)$/.exec(role) ??
    /^arn:(aws[a-z*-]*):sts::(\d{12}|\*):assumed-role\/([^/]+)(?:\/\*)?$/.exec(role) ??
    [];
  // At least two characters of a name are required: * alone would match every role.
  if (!/^[\w+=,.@*-]{1,64}$/.test(name) || !/\w{2}/.test(name)) return undefined;
  const iam = `arn:${partition}:iam::${account}:role`;
  return [`arn:${partition}:sts::${account}:assumed-role/${name}/*`, `${iam}/${name}`, `${iam}/*/${name}`];
}
