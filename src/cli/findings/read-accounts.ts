import type { Fields, Ingested } from '../../model/log-record.ts';
import { trailAccount } from '../../ingest/files/trail-file-name.ts';
import { accessGained } from '../../detect/derived/access.ts';
import { createDerive, type Derive, type OwnAccounts } from '../../detect/derived/derive.ts';

/** ReadAccounts derives fields for an archive whose accounts become known while it is read. */
export interface ReadAccounts {
  /** Takes every account met so far for the reader's own. */
  readonly derive: Derive;
  /** Passes records on; those that give an unknown account access come last, when every account of the archive is known. */
  readonly known: (ingested: AsyncIterable<Ingested>) => AsyncIterable<Ingested>;
}

/** Records that wait for the end; with more, the first of them are judged by the accounts that are known by then. */
const maxHeld = 20_000;

/** Not more accounts than an organization has; a log with made-up accounts must not fill memory. */
const maxAccounts = 50_000;

/**
 * createReadAccounts takes for the reader's own, besides what the configuration names, each account whose trail is read: that
 * of the files' names, `<account>_CloudTrail_…`, and that of each record. The order of files and records changes nothing.
 */
export function createReadAccounts(configured: OwnAccounts): ReadAccounts {
  const accounts = new Set(configured.accounts);
  const note = (account: string | undefined): void => {
    if (account !== undefined && accounts.size < maxAccounts) accounts.add(account);
  };
  const organizations = new Set(configured.organization === undefined ? [] : [configured.organization]);
  let last: string | undefined;
  const noteFile = (path: string): void => {
    if (path === last) return;
    last = path;
    note(trailAccount(path));
  };
  const isUndecided = (fields: Fields): boolean =>
    fields['readOnly'] !== true && accessGained(fields, { accounts, organizations })['accounts'] !== undefined;

  return {
    derive: createDerive({
      ...configured,
      get accounts() {
        return [...accounts];
      },
    }),
    async *known(ingested) {
      const held: Ingested[] = [];
      for await (const item of ingested) {
        if (item.kind === 'record' && item.record.source.services.includes('cloudtrail')) {
          const { fields, origin } = item.record;
          noteFile(origin.path);
          const { recipientAccountId } = fields;
          if (typeof recipientAccountId === 'string' && /^\d{12}$/.test(recipientAccountId)) note(recipientAccountId);
          if (isUndecided(fields)) {
            held.push(item);
            if (held.length <= maxHeld) continue;
            yield* held.splice(0);
            continue;
          }
        }
        yield item;
      }
      yield* held;
    },
  };
}
