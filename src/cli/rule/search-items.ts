import type { DetectionItem, Search } from '../../sigma/index.ts';

/** itemsOf lists the items of a search with the fields of the record that they ask for. */
export function itemsOf(search: Search): readonly DetectionItem[] {
  if (search.kind === 'item') return [search.item];
  if (search.kind !== 'element') return search.items.flatMap(itemsOf);
  return itemsOf(search.search).map((item) => ({ ...item, field: `${search.field}.${item.field}` }));
}
