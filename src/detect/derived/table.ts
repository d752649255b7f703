import type { Fields } from '../../model/log-record.ts';
import type { Own } from '../../policy/index.ts';
import { accessGained } from './access.ts';
import { callerOf } from './caller.ts';
import { worldPorts } from './network.ts';
import { privilegesGiven } from './privileges.ts';

/** Derivation is a group of derived fields, `derived.<name>.<field>`, that are computed together. */
export interface Derivation {
  readonly name: string;
  /** What each field holds, for the documentation. */
  readonly fields: Readonly<Record<string, string>>;
  /** The records that have them. */
  readonly from: string;
  /** Gives the values by field; a field without a value is absent. It never throws, and its time is bounded. */
  readonly derive: (fields: Fields, own: Own) => Fields;
}

/** derivations is every group. A new one is a row, and a row in docs/rules.md. */
export const derivations: readonly Derivation[] = [
  {
    name: 'access',
    from: "calls with a policy of a resource or a role, and calls that share a resource, such as a snapshot's",
    fields: {
      to: 'who gains access: `anyone`, `anyone_under_condition`, `foreign_account`, `foreign_organization`, `own_account`, `service`, `federated`, `open_federated`, `unknown`',
      accounts: "ids of the accounts that are not the reader's own",
      organizations: "ids of organizations that are not the reader's own",
      services: 'AWS services, e.g. `lambda.amazonaws.com`',
      providers: 'identity providers',
      open_providers: 'identity providers whose every user gains access',
      public_actions: 'what anyone may do, in lower case; `not …` for a NotAction',
    },
    derive: accessGained,
  },
  {
    name: 'privileges',
    from: 'calls with a policy of an identity or a guard rail',
    fields: {
      administration: '`true` when it allows everything on everything, IAM included',
      escalations: 'known ways to more permissions, e.g. `iam:PassRole + ec2:RunInstances`',
      unrestricted: '`true` when a guard rail (an SCP, the policy of an endpoint) lets everything through',
    },
    derive: privilegesGiven,
  },
  {
    name: 'network',
    from: 'calls that open a security group, a network ACL or an instance of Lightsail',
    fields: {
      world_ports: 'ports that the call opens to the world: `tcp/22`, `udp/5000-5010`, `all/0-65535`',
      admin_ports: 'those of them that are for administration or databases, as numbers: `22`, `3389`, `5432`',
      other_ports: 'those of them that are neither for administration nor for the web (80, 443)',
    },
    derive: worldPorts,
  },
  {
    name: 'caller',
    from: 'every call',
    fields: {
      principal: "the ARN of the role behind a session, else the caller's own",
      network: "the caller's network: the /16 of an IPv4 address, the /48 of an IPv6 one",
      key: 'the id of the long-lived access key that signed the call',
    },
    derive: callerOf,
  },
];

/** derivedFields names every derived field that a rule may ask for. */
export const derivedFields: ReadonlySet<string> = new Set(
  derivations.flatMap(({ name, fields }) => Object.keys(fields).map((field) => `derived.${name}.${field}`)),
);
