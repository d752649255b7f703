import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, ResourceProperties } from '@aws-cdk/service-spec-types';

/** CloudFormationTemplate is as much of a template as can be checked; YAML's short forms are written out. */
export interface CloudFormationTemplate {
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, LooseResource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

interface LooseResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

type Values = Readonly<Record<string, unknown>>;

let loaded: ReturnType<typeof loadAwsServiceSpecSync> | undefined;
/** AWS's own registry of resource types takes half a second to read. */
const specification = (): ReturnType<typeof loadAwsServiceSpecSync> => (loaded ??= loadAwsServiceSpecSync());

/**
 * specificationProblems checks a template against AWS's specification of its resources: types, names and types of
 * properties, what is required, attributes that are got, and that whatever is referred to is there. Each problem says where.
 */
export function specificationProblems(template: CloudFormationTemplate): string[] {
  return [
    ...Object.entries(template.Resources).flatMap(([id, resource]) => resourceProblems(id, resource, template)),
    ...referenceProblems('Outputs', template.Outputs ?? {}, template),
    ...referenceProblems('Conditions', template.Conditions ?? {}, template),
  ];
}

function resourceProblems(id: string, resource: LooseResource, template: CloudFormationTemplate): string[] {
  const known = specification().lookup('resource', 'cloudFormationType', 'equals', resource.Type);
  if (!/^[A-Za-z0-9]{1,255}$/.test(id)) return [`${id}: a logical id has letters and digits`];
  if (known.length === 0) return [`${id}: there is no type ${resource.Type}`];
  const missing = [resource.DependsOn ?? []].flat().filter((other) => !(other in template.Resources));
  return [
    ...missing.map((other) => `${id}: depends on ${other}, which is not there`),
    ...propertyProblems(id, resource.Properties ?? {}, known.only().properties),
    ...referenceProblems(id, resource.Properties ?? {}, template),
    ...(resource.Condition === undefined || resource.Condition in (template.Conditions ?? {})
      ? []
      : [`${id}: there is no condition ${resource.Condition}`]),
  ];
}

function propertyProblems(path: string, given: Values, known: ResourceProperties): string[] {
  const absent = Object.entries(known)
    .filter(([name, { required }]) => required === true && given[name] === undefined)
    .map(([name]) => `${path}.${name}: is required`);
  const wrong = Object.entries(given).flatMap(([name, value]) => {
    const property: Property | undefined = known[name];
    return property === undefined
      ? [`${path}.${name}: unknown property; known are ${Object.keys(known).toSorted().join(', ')}`]
      : valueProblems(`${path}.${name}`, value, property.type);
  });
  return [...absent, ...wrong];
}

function valueProblems(path: string, value: unknown, type: PropertyType): string[] {
  const intrinsic = intrinsicOf(value);
  if (intrinsic === 'Fn::If') {
    const [, yes, no] = (value as { readonly 'Fn::If': readonly unknown[] })['Fn::If'];
    return [...valueProblems(path, yes, type), ...valueProblems(path, no, type)];
  }
  // What a function makes is known when it is deployed.
  if (intrinsic !== undefined) return [];
  const expected = (what: string, fits: boolean): string[] =>
    fits ? [] : [`${path}: expected ${what}, got ${JSON.stringify(value)?.slice(0, 80)}`];
  switch (type.type) {
    case 'string':
      if (type.allowedValues !== undefined && typeof value === 'string') {
        return expected(`one of ${type.allowedValues.join(', ')}`, type.allowedValues.includes(value));
      }
      return expected('a text', isScalar(value));
    case 'date-time':
      return expected('a text', isScalar(value));
    // CloudFormation takes a number as text, and so do parameters.
    case 'integer':
      return expected('a whole number', isScalar(value) && /^-?\d+$/.test(String(value)));
    case 'number':
      return expected('a number', isScalar(value) && String(value) !== '' && Number.isFinite(Number(value)));
    case 'boolean':
      return expected('true or false', /^(?:true|false)$/.test(String(value)));
    case 'json':
      return expected('an object', typeof value === 'object' && value !== null);
    case 'null':
      return expected('null', value === null);
    case 'tag':
      return expected('a tag', isObject(value) && Object.keys(value).toSorted().join() === 'Key,Value');
    case 'array':
      if (!Array.isArray(value)) return expected('a list', false);
      return value.flatMap((one, index) => valueProblems(`${path}[${index}]`, one, type.element));
    case 'map':
      if (!isObject(value)) return expected('an object', false);
      return Object.entries(value).flatMap(([key, one]) => valueProblems(`${path}.${key}`, one, type.element));
    case 'ref': {
      if (!isObject(value)) return expected('an object', false);
      return propertyProblems(path, value, specification().get('typeDefinition', type.reference.$ref).properties);
    }
    case 'union': {
      const tried = type.types.map((one) => valueProblems(path, value, one));
      return tried.find(({ length }) => length === 0) ?? tried.toSorted((a, b) => a.length - b.length)[0] ?? [];
    }
    default:
      throw new Error(`unknown type ${JSON.stringify(type satisfies never)}`);
  }
}

/** A reference's target must be in the template, and have the attribute. */
function referenceProblems(path: string, value: unknown, template: CloudFormationTemplate): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => referenceProblems(path, one, template));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    switch (key) {
      case 'Ref':
        return refProblems(path, String(inner), template);
      case 'Fn::GetAtt': {
        const [id, ...attribute] = (Array.isArray(inner) ? inner : String(inner).split('.')) as string[];
        return attributeProblems(path, id ?? '', attribute.join('.'), template);
      }
      case 'Fn::Sub':
        return substituteProblems(path, inner, template);
      case 'Condition':
        // In a policy a condition is an object; only a text names one of the template's.
        return typeof inner === 'string' && path === 'Conditions' && !(inner in (template.Conditions ?? {}))
          ? [`${path}: there is no condition ${inner}`]
          : referenceProblems(path, inner, template);
      default:
        return referenceProblems(path, inner, template);
    }
  });
}

function refProblems(path: string, name: string, template: CloudFormationTemplate): string[] {
  const pseudo = [
    'AccountId',
    'NoValue',
    'Partition',
    'Region',
    'StackId',
    'StackName',
    'URLSuffix',
    'NotificationARNs',
  ];
  const known =
    pseudo.some((own) => name === `AWS::${own}`) || name in template.Resources || name in (template.Parameters ?? {});
  return known ? [] : [`${path}: refers to ${name}, which is not there`];
}

function attributeProblems(path: string, id: string, attribute: string, template: CloudFormationTemplate): string[] {
  const target = template.Resources[id];
  if (target === undefined) return [`${path}: gets ${attribute} of ${id}, which is not there`];
  const known = specification().lookup('resource', 'cloudFormationType', 'equals', target.Type);
  if (known.length === 0) return [];
  const { attributes } = known.only();
  return attribute in attributes
    ? []
    : [`${path}: ${target.Type} has no attribute ${attribute}; there are ${Object.keys(attributes).join(', ')}`];
}

function substituteProblems(path: string, inner: unknown, template: CloudFormationTemplate): string[] {
  const [text, own] = Array.isArray(inner) ? (inner as [string, Values]) : [String(inner), {}];
  const names = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)]
    .map(([, name]) => name ?? '')
    .filter((name) => !(name in own));
  return [
    ...referenceProblems(path, own, template),
    ...names.flatMap((name) => {
      const [id = '', ...attribute] = name.split('.');
      return attribute.length === 0
        ? refProblems(path, id, template)
        : attributeProblems(path, id, attribute.join('.'), template);
    }),
  ];
}

function intrinsicOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && key !== undefined && /^(?:Ref|Fn::\w+)$/.test(key) ? key : undefined;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
