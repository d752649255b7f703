/**
 * A second opinion on policies: it does not reason about conditions, it asks. A request of somebody is put together and
 * evaluated as IAM does, statement by statement, on the policy as it was written.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export interface Request {
  readonly account: string;
  readonly arn: string;
  readonly action: string;
  readonly resource: string;
  /** By key in lower case. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

type Json = Readonly<Record<string, unknown>>;

/** isAllowed evaluates a policy's statements for one request. */
export function isAllowed(policy: Json, request: Request): boolean {
  const statements = list(policy['Statement']) as readonly Json[];
  const applying = statements.filter((statement) => applies(statement, request));
  return applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny');
}

export const strangerAccount = '999988887777';
const attackersChoice = [
  'aws:useragent',
  'aws:referer',
  's3:x-amz-acl',
  'aws:username',
  'sns:endpoint',
  'aws:principaltag/team',
];

/** From a few addresses, or through an endpoint of the caller's own. */
const ways: readonly Request['context'][] = [
  ...['203.0.113.9', '64.10.10.10', '130.1.2.3', '200.1.2.3', '2a02::9'].map((ip) => ({ 'aws:sourceip': [ip] })),
  { 'aws:sourcevpce': ['vpce-theirs'], 'aws:sourcevpc': ['vpc-theirs'], 'sts:externalid': ['guess'] },
];

/** requestsOf gives the requests that somebody of an account can make: with whatever they choose themselves, from a few addresses. */
export function requestsOf(account: string, organization: string | undefined, policy: Json): readonly Request[] {
  const text = JSON.stringify(policy);
  const chosen = attackersChoice.map(
    (key) => [key, [...valuesFor(policy, key)].map((value) => value.replaceAll(/[*?]/g, 'x'))] as const,
  );
  const arns = [
    `arn:aws:iam::${account}:role/visitor`,
    ...[...text.matchAll(/arn:aws:(?:iam|sts)::[0-9*]*:[^"]*/g)]
      .map(([arn]) => arn.replace('::*:', `::${account}:`).replaceAll('*', 'x'))
      .filter((arn) => arn.includes(account)),
  ];
  const actions = [...text.matchAll(/"([a-z0-9]+):([A-Za-z*]+)"/g)].map(
    ([, service, name]) => `${service}:${(name ?? '').replaceAll('*', 'AnyThing')}`,
  );
  const resources = [...text.matchAll(/"(arn:aws:s3:::[^"]*)"/g)].map(([, arn]) =>
    (arn ?? '').replaceAll('*', 'thing'),
  );
  const requests: Request[] = [];
  for (const way of ways)
    for (const arn of arns)
      for (const action of new Set(['s3:GetObject', 'ec2:RunInstances', ...actions]))
        for (const resource of new Set(['arn:aws:s3:::elsewhere/key', ...resources]))
          requests.push({
            account,
            arn,
            action,
            resource,
            context: {
              'aws:principalaccount': [account],
              'kms:calleraccount': [account],
              'aws:principalarn': [arn],
              'aws:userid': ['AROASTRANGER:session'],
              ...way,
              'aws:securetransport': ['true'],
              'aws:principalisawsservice': ['false'],
              'aws:multifactorauthpresent': ['true'],
              ...(organization === undefined
                ? {}
                : { 'aws:principalorgid': [organization], 'aws:principalorgpaths': [`${organization}/r-x/ou-x/`] }),
              ...Object.fromEntries(chosen.filter(([, values]) => values.length > 0)),
            },
          });
  return requests;
}

function valuesFor(policy: Json, key: string): ReadonlySet<string> {
  const values = new Set<string>();
  for (const statement of list(policy['Statement']) as readonly Json[]) {
    for (const keys of Object.values((statement['Condition'] ?? {}) as Json))
      for (const [name, given] of Object.entries(keys as Json))
        if (name.toLowerCase() === key) for (const one of list(given)) values.add(String(one));
  }
  return values;
}

function applies(statement: Json, request: Request): boolean {
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  const principal = NotPrincipal === undefined ? isNamed(Principal, request) : !isNamed(NotPrincipal, request);
  const action =
    NotAction === undefined ? anyGlob(Action, request.action, true) : !anyGlob(NotAction, request.action, true);
  const resource =
    NotResource !== undefined
      ? !anyGlob(NotResource, request.resource)
      : Resource === undefined || anyGlob(Resource, request.resource);
  return (
    principal &&
    action &&
    resource &&
    Object.entries((Condition ?? {}) as Json).every(([operator, keys]) =>
      Object.entries(keys as Json).every(([key, values]) => holds(operator, key, list(values).map(String), request)),
    )
  );
}

function isNamed(principal: unknown, { account, arn }: Request): boolean {
  if (principal === '*') return true;
  if (typeof principal !== 'object' || principal === null) return false;
  return list((principal as Json)['AWS']).some(
    (name) => name === '*' || name === account || name === `arn:aws:iam::${account}:root` || name === arn,
  );
}

function holds(operator: string, key: string, values: readonly string[], request: Request): boolean {
  const [, quantifier, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  const given = request.context[key.toLowerCase()];
  if (name === 'Null') return values.includes(String(given === undefined));
  const negative = /Not/.test(name);
  if (given === undefined)
    return ifExists !== undefined || quantifier === 'ForAllValues' || (negative && quantifier !== 'ForAnyValue');
  const fits = (one: string): boolean =>
    values.some((value) => compare(name.replace('Not', ''), filled(value, request), one));
  const test = (one: string): boolean => (negative ? !fits(one) : fits(one));
  return quantifier === 'ForAllValues' ? given.every(test) : given.some(test);
}

function filled(value: string, { context }: Request): string {
  return value.replaceAll(/\$\{([^}]+)\}/g, (_all, key: string) => {
    const own: Readonly<Record<string, string>> = {
      'aws:resourceaccount': '111122223333',
      'aws:resourceorgid': 'o-mine',
    };
    return own[key.toLowerCase()] ?? context[key.toLowerCase()]?.[0] ?? 'nothing';
  });
}

function compare(operator: string, value: string, given: string): boolean {
  switch (operator) {
    case 'StringEquals':
      return value === given;
    case 'StringEqualsIgnoreCase':
    case 'Bool':
      return value.toLowerCase() === given.toLowerCase();
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return glob(value).test(given);
    case 'IpAddress':
      return inRange(value, given);
    default:
      throw new Error(`the second opinion does not know ${operator}`);
  }
}

function inRange(range: string, address: string): boolean {
  const [base = '', bits = '32'] = range.split('/');
  if (base.includes(':') || address.includes(':'))
    return base.includes(':') && address.includes(':') && Number(bits) === 0;
  const number = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(base) / size) === Math.floor(number(address) / size);
}

function anyGlob(patterns: unknown, text: string, folded = false): boolean {
  return list(patterns).some((pattern) => glob(String(pattern), folded).test(text));
}

function glob(pattern: string, folded = false): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, folded ? 'is' : 's');
}

function list(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
