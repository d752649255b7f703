import { deliverLocally } from '../../src/cli/findings/deliver-locally.ts';
import type { LocalDelivery } from '../../src/cli/findings/deliver-locally.ts';
import type { Case } from '../../src/cli/findings/casebook/casebook.ts';
import { gatherFindings } from '../../src/cli/findings/gather.ts';
import type { Finding } from '../../src/model/finding.ts';

type Settings = LocalDelivery['configuration'];

/** A stage with a chat and a program, which both get every finding. */
const settings: Settings = {
  accounts: {},
  receivers: { chat: { kind: 'teams' }, lake: { kind: 'findings-bus' } },
  route: { receivers: ['chat'], routes: [] },
  suppressions: {},
  deployRoles: [],
  inhibitions: {},
  trials: {},
};

/** caseOf gives findings, in any order, to a stage with one chat; parts say what else is configured. */
export function caseOf(
  findings: readonly Finding[],
  { configuration = {}, ...rest }: Omit<LocalDelivery, 'configuration'> & { configuration?: Partial<Settings> } = {},
): Promise<Case> {
  const gathered = gatherFindings();
  for (const finding of findings) gathered.add(finding);
  return deliverLocally(gathered, { configuration: { ...settings, ...configuration }, ...rest });
}
