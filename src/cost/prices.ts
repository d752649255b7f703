import { readFileSync } from 'node:fs';
import type prices from './prices.json';

type PriceFile = typeof prices;

const data = JSON.parse(readFileSync(new URL('prices.json', import.meta.url), 'utf8')) as PriceFile;

export type PriceName = keyof PriceFile['prices'];

/** PriceSource is a public source with the same price. */
export interface PriceSource {
  /** For a person: the author of the source, and where its price comes from. */
  readonly what: string;
  readonly url: string;
  /** The date of the source: `2026-08-16`; absent when it has none. */
  readonly date?: string;
}

/** Price is AWS's price of one unit in one region, in US dollars. */
export interface Price {
  readonly name: PriceName;
  readonly usd: number;
  /** For a person, after the amount: `a million requests`. */
  readonly unit: string;
  /** AWS's price page, to compare with: the price was not read there. */
  readonly page: string;
  /** Whether a public source has the same price; otherwise the price is from memory and unchecked. */
  readonly checked: boolean;
  readonly source?: PriceSource;
}

/** pricedRegions are the regions with prices in the data file. */
export const pricedRegions: readonly string[] = data.regions;

/** pricesNote describes the prices and their limits. */
export const pricesNote: string = data.note;

/** priceOf looks a price up; the region must be one of `pricedRegions`. */
export function priceOf(name: PriceName, region: string): Price {
  const { unit, page, usd, checked } = data.prices[name];
  const amount = (usd as Readonly<Record<string, number>>)[region];
  if (amount === undefined)
    throw new Error(`no price of ${name} in ${region}; regions with prices: ${pricedRegions.join(', ')}`);
  const source = (checked as Readonly<Record<string, keyof PriceFile['sources']>>)[region];
  const common = { name, usd: amount, unit, page };
  return source === undefined
    ? { ...common, checked: false }
    : { ...common, checked: true, source: data.sources[source] };
}
