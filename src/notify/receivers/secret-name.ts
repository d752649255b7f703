/** SecretName says where a secret is kept; the configuration holds such names, never a secret. */
export type SecretName =
  | { readonly store: 'ssm'; readonly name: string }
  | { readonly store: 'secretsmanager'; readonly name: string; readonly jsonKey?: string };

/** What a configuration must hold to name a secret, for a person. */
export const secretNameWanted =
  'must name a secret: /path or ssm:/path of a parameter, or secretsmanager:name, or secretsmanager:name#key of its JSON';

// Without `ssm:` it begins with a slash, as no key and no token does: one that is pasted here by mistake is refused.
const ssm = /^(?:ssm:(?=\/?[\w.-])|(?=\/))(\/?[\w.-]+(?:\/[\w.-]+)*)$/;
const secretsManager = /^secretsmanager:([\w/+=.@-]+)(?:#([\w.-]+))?$/;

/** parseSecretName reads `ssm:/path`, `/path`, `secretsmanager:name` or `secretsmanager:name#key`; anything else is no name. */
export function parseSecretName(text: string): SecretName | undefined {
  const [, parameter] = ssm.exec(text) ?? [];
  if (parameter !== undefined) return { store: 'ssm', name: parameter };
  const [, name, jsonKey] = secretsManager.exec(text) ?? [];
  if (name === undefined) return undefined;
  return { store: 'secretsmanager', name, ...(jsonKey !== undefined && { jsonKey }) };
}
