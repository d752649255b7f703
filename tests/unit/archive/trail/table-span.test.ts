import { describe, expect, test } from '@jest/globals';
import {
  accountsOf,
  accountsOn,
  coverFoundAccounts,
  withAccounts,
  type FoundAccount,
} from '../../../../src/archive/trail/table-span.ts';

const [own, joined, other] = ['111122223333', '222233334444', '333344445555'] as const;
const following = { 'projection.account.values': own, 'trailwatch.accounts': 'found' };

describe('the accounts that tables cover', () => {
  test('an account that was added counts from the day of its first files', () => {
    const properties = { ...following, ...withAccounts(following, [{ account: joined, since: '2026/11/03' }]) };
    expect(accountsOf(properties)).toEqual([own, joined]);
    expect(accountsOn(properties, '2026/11/02')).toEqual([own]);
    expect(accountsOn(properties, '2026/11/03')).toEqual([own, joined]);
  });

  test('one that is covered already is not added again, nor is the day of its first files', () => {
    expect(withAccounts(following, [{ account: own, since: '2026/11/03' }])).toEqual({
      'projection.account.values': own,
    });
  });
});

describe('accounts that have a folder in the bucket', () => {
  async function run(
    properties: Readonly<Record<string, string>> | undefined,
    folders: Record<string, string | undefined>,
  ) {
    const added: FoundAccount[] = [];
    const found = await coverFoundAccounts(
      {
        read: async () => properties && { location: 's3://example-trail/AWSLogs/', properties },
        add: async (accounts) => void added.push(...accounts),
      },
      {
        accounts: async () => Object.keys(folders),
        firstDay: async (_location, account) => folders[account],
      },
    );
    expect(found).toEqual(added);
    return added;
  }

  test.each([
    { rule: 'are added', properties: following, adds: [{ account: joined, since: '2026/11/03' }] },
    {
      rule: 'are not, where the stage names its accounts',
      properties: { ...following, 'trailwatch.accounts': 'given' },
      adds: [],
    },
    { rule: 'are not, where there are no tables', properties: undefined, adds: [] },
    {
      rule: 'are not, where the tables are of an older version',
      properties: { 'projection.account.values': own },
      adds: [],
    },
  ])('$rule', async ({ properties, adds }) => {
    // A folder without files of CloudTrail, of another service perhaps, is no account of the trail.
    expect(await run(properties, { [own]: '2024/01/01', [joined]: '2026/11/03', [other]: undefined })).toEqual(adds);
  });
});
