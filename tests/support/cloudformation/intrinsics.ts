/** Scope is what a template's expressions can name: parameters of AWS's own, and the resources that are there. */
export interface Scope {
  readonly pseudo: Readonly<Record<string, string>>;
  /** ref gives what `Ref` to a resource is; undefined when there is no such resource. */
  readonly ref: (id: string) => string | undefined;
  /** attribute gives what `Fn::GetAtt` is; undefined when there is no such resource. */
  readonly attribute: (id: string, name: string) => string | undefined;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly mappings: Mappings;
}

export type Mappings = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** TemplateError says what CloudFormation would refuse, and where in the template it stands. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

const noValue = Symbol('AWS::NoValue');

/**
 * resolve evaluates a template's expressions as CloudFormation does.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 * @throws {TemplateError} for a name that isn't there, and for a function that isn't known here.
 */
export function resolve(value: unknown, scope: Scope, path = ''): unknown {
  const resolved = valueOf(value, scope, path);
  return resolved === noValue ? undefined : resolved;
}

/** namesIn lists the resources that a value refers to: they must be made before it. */
export function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = value as Readonly<Record<string, unknown>>;
  const own: string[] = [];
  if (typeof ref === 'string') own.push(ref);
  if (Array.isArray(attribute)) own.push(String(attribute[0]));
  if (typeof attribute === 'string') own.push(attribute.split('.')[0] ?? '');
  const [text, variables = {}] = Array.isArray(sub) ? (sub as [string, object?]) : [sub];
  if (typeof text === 'string') {
    const given = Object.keys(variables);
    own.push(...placeholders(text).flatMap((name) => (given.includes(name) ? [] : [name.split('.')[0] ?? ''])));
  }
  return [...own, ...Object.values(value).flatMap(namesIn)];
}

function valueOf(value: unknown, scope: Scope, path: string): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => valueOf(item, scope, `${path}/${index}`)).filter((item) => item !== noValue);
  }
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  const [name] = keys;
  if (keys.length === 1 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'))) {
    return call(name, (value as Readonly<Record<string, unknown>>)[name], scope, `${path}/${name}`);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, valueOf(item, scope, `${path}/${key}`)] as const)
      .filter(([, item]) => item !== noValue),
  );
}

function call(name: string, given: unknown, scope: Scope, path: string): unknown {
  const argument = (index: number): unknown => valueOf((given as readonly unknown[])[index], scope, `${path}/${index}`);
  switch (name) {
    case 'Ref':
      return reference(String(given), scope, path);
    case 'Fn::GetAtt': {
      const [id = '', ...rest] = Array.isArray(given) ? given.map(String) : String(given).split('.');
      return attributeOf(id, rest.join('.'), scope, path);
    }
    case 'Fn::Sub': {
      const [text, variables = {}] = (Array.isArray(given) ? given : [given]) as [string, Record<string, unknown>?];
      return text.replace(/\$\{([^!][^}]*)\}/g, (_whole, variable: string) => {
        if (Object.hasOwn(variables, variable)) return String(valueOf(variables[variable], scope, path));
        const [id = '', ...rest] = variable.split('.');
        return String(rest.length === 0 ? reference(id, scope, path) : attributeOf(id, rest.join('.'), scope, path));
      });
    }
    case 'Fn::Join':
      return (argument(1) as readonly unknown[]).join(String(argument(0)));
    case 'Fn::FindInMap': {
      const [map, key, entry] = [argument(0), argument(1), argument(2)].map(String) as [string, string, string];
      const found = scope.mappings[map]?.[key]?.[entry];
      if (found === undefined) throw new TemplateError(`${path}: there is no ${map}.${key}.${entry} in the mappings`);
      return found;
    }
    case 'Fn::Select':
      return (argument(1) as readonly unknown[])[Number(argument(0))];
    case 'Fn::Split':
      return String(argument(1)).split(String(argument(0)));
    case 'Fn::Base64':
      return Buffer.from(String(valueOf(given, scope, path))).toString('base64');
    case 'Fn::Equals':
      return argument(0) === argument(1);
    case 'Fn::Not':
      return argument(0) !== true;
    case 'Fn::And':
      return (given as readonly unknown[]).every((_item, index) => argument(index) === true);
    case 'Fn::Or':
      return (given as readonly unknown[]).some((_item, index) => argument(index) === true);
    case 'Fn::If': {
      const [condition] = given as readonly unknown[];
      return holds(String(condition), scope, path) ? argument(1) : argument(2);
    }
    default:
      throw new TemplateError(`${path}: ${name} is not known here`);
  }
}

/** holds evaluates a condition of the template. */
export function holds(name: string, scope: Scope, path: string): boolean {
  if (!Object.hasOwn(scope.conditions, name)) throw new TemplateError(`${path}: there is no condition ${name}`);
  return valueOf(scope.conditions[name], scope, `/Conditions/${name}`) === true;
}

function reference(id: string, { pseudo, ref }: Scope, path: string): unknown {
  if (id === 'AWS::NoValue') return noValue;
  const value = Object.hasOwn(pseudo, id) ? pseudo[id] : ref(id);
  if (value === undefined) throw new TemplateError(`${path}: there is no resource or parameter ${id}`);
  return value;
}

function attributeOf(id: string, name: string, { attribute }: Scope, path: string): string {
  const value = attribute(id, name);
  if (value === undefined) throw new TemplateError(`${path}: there is no resource ${id}`);
  return value;
}

function placeholders(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([^!][^}]*)\}/g)].map(([, name = '']) => name);
}
