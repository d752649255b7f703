import type { Fields } from '../../../model/log-record.ts';

/** EntryFields gathers the fields of one entry; a field that is given twice is a list, as `journalctl -o json` has it. */
export interface EntryFields {
  add(name: string, value: string): void;
  /** Gives what was gathered, and begins anew; undefined when that is nothing. */
  take(): Fields | undefined;
}

/** How many fields of one entry are kept: journald allows 1,024. */
const maxFields = 1024;

export function createEntryFields(): EntryFields {
  let fields: Record<string, string | string[]> = {};
  let count = 0;
  return {
    add(name, value) {
      if (++count > maxFields) return;
      const before = Object.hasOwn(fields, name) ? fields[name] : undefined;
      fields[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
    },
    take() {
      const taken = count === 0 ? undefined : fields;
      fields = {};
      count = 0;
      return taken;
    },
  };
}

/** Names of fields are capital letters, digits and underscores: none reaches beyond the object that it is written into. */
export const fieldName = /^[A-Z_][A-Z\d_]{0,63}$/;
