import type { Condition } from './condition.ts';
import { hasWildcard } from './glob.ts';

/**
 * An issuer that gives tokens to everybody: a trust policy has to name whose. `claims` are those that name them, each with
 * what stands before the owner in its values and what ends the owner's name.
 */
interface SharedIssuer {
  readonly host: RegExp;
  readonly claims: Readonly<Record<string, { readonly before?: string; readonly end?: string }>>;
}

const whole = {};
const sharedIssuers: readonly SharedIssuer[] = [
  {
    // https://docs.github.com/en/actions/reference/security/oidc
    host: /^token\.actions\.githubusercontent\.com(?:\/|$)/,
    claims: {
      sub: { before: 'repo:', end: '/' },
      repository: { end: '/' },
      repository_owner: whole,
      repository_id: whole,
      repository_owner_id: whole,
      job_workflow_ref: { end: '/' },
      enterprise: whole,
      enterprise_id: whole,
    },
  },
  {
    host: /^gitlab\.com(?:\/|$)/,
    claims: {
      sub: { before: 'project_path:', end: '/' },
      project_path: { end: '/' },
      namespace_path: whole,
      namespace_id: whole,
      project_id: whole,
    },
  },
  { host: /^app\.terraform\.io(?:\/|$)/, claims: { sub: { before: 'organization:', end: ':' } } },
  { host: /^agent\.buildkite\.com(?:\/|$)/, claims: { sub: { before: 'organization:', end: ':' } } },
  { host: /^oidc\.vercel\.com\/?$/, claims: { sub: { before: 'owner:', end: ':' }, aud: whole } },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
  { host: /^cognito-identity\.amazonaws\.com$/, claims: { aud: whole, sub: whole } },
  { host: /^accounts\.google\.com$/, claims: { aud: whole, oaud: whole, sub: whole, email: whole } },
  { host: /^www\.amazon\.com$/, claims: { app_id: whole, user_id: whole } },
  { host: /^graph\.facebook\.com$/, claims: { app_id: whole, id: whole } },
];

/**
 * isOpenProvider says whether a trust policy lets everybody in to whom a shared issuer gives a token: no condition names whose
 * repository, identity pool or application it must be, or one of its values fits anybody's. A provider of one's own (SAML, an
 * issuer of one company or one cluster) is never open.
 */
export function isOpenProvider(provider: string, conditions: readonly Condition[]): boolean {
  const host = hostOf(provider);
  const issuer = sharedIssuers.find((one) => one.host.test(host));
  if (issuer === undefined) return false;
  return !conditions.some((condition) => namesOwner(condition, host, issuer));
}

/** Gives the issuer's host and path of a provider's ARN (`…:oidc-provider/<host>`), or the provider as it stands. */
function hostOf(provider: string): string {
  const at = provider.indexOf(':oidc-provider/');
  return (at === -1 ? provider : provider.slice(at + ':oidc-provider/'.length)).toLowerCase();
}

function namesOwner(
  { comparison, negated, whenAbsent, key, values }: Condition,
  host: string,
  issuer: SharedIssuer,
): boolean {
  if (negated || whenAbsent || (comparison !== 'text' && comparison !== 'pattern')) return false;
  // The key is the issuer's host, a colon and the claim.
  const at = key.lastIndexOf(':');
  if (key.slice(0, at) !== host) return false;
  const claim = issuer.claims[key.slice(at + 1)];
  if (claim === undefined) return false;
  return values.every((value) => {
    if (comparison === 'text') return true;
    if (claim.before !== undefined && !value.toLowerCase().startsWith(claim.before)) return !hasWildcard(value);
    const rest = value.slice(claim.before?.length ?? 0);
    const end = claim.end === undefined ? -1 : rest.indexOf(claim.end);
    const owner = end === -1 ? rest : rest.slice(0, end);
    return owner !== '' && !hasWildcard(owner);
  });
}
