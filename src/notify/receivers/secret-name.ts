/** SecretName says where a secret is kept; the configuration holds such names, never a secret. */
export type SecretName =
  | { readonly store: 'ssm'; readonly name: string }
  | { readonly store: 'secretsmanager'; readonly name: string; readonly jsonKey?: string };

/** secretNameWanted says what names a secret, for a message. */
export const secretNameWanted =
  'must name a secret: /path or ssm:/path of a parameter, or secretsmanager:name, or secretsmanager:name#key of its JSON';

// Without `ssm:` a name begins with a slash, which keys and tokens never do: a pasted secret is refused.
const ssm = /^(?:ssm:(?=\/?[\w.-])|(?=\/))(\/?[\w.-]+(?:\/[\w.-]+)*)$/;
const secretsManager = /^secretsmanager:([\w/+=.@-]+)(?:#([\w.-]+))?$/;

/** parseSecretName reads `ssm:/path`, `/path`, `secretsmanager:name` or `secretsmanager:name#key`; undefined for other text. */
export function parseSecretName(text: string): SecretName | undefined {
  const [, parameter] = ssm.exec(text) ?? [];
  if (parameter !== undefined) return { store: 'ssm', name: parameter };
  const [, name, jsonKey] = secretsManager.exec(text) ?? [];
  if (name === undefined) return undefined;
  return { store: 'secretsmanager', name, ...(jsonKey !== undefined && { jsonKey }) };
}
