import type { Ingested } from '../../model/log-record.ts';

/** Output is the results of a reader. The index of a result is the number of results before it. */
export interface Output {
  readonly items: Ingested[];
  next: number;
  see?: (item: Ingested) => void;
}

/** add adds a result. */
export function add(output: Output, item: Ingested): void {
  output.see?.(item);
  output.items.push(item);
  output.next++;
}
