import { readFileSync } from 'node:fs';
import type prices from './prices.json';

type PriceFile = typeof prices;

const data = JSON.parse(readFileSync(new URL('prices.json', import.meta.url), 'utf8')) as PriceFile;

export type PriceName = keyof PriceFile['prices'];

/** PriceSource is a public text that has the same price. */
export interface PriceSource {
  /** For a person: whose text, and how it came to the price. */
  readonly what: string;
  readonly url: string;
  /** The day that the text is of: `2026-08-16`; absent where it doesn't say. */
  readonly date?: string;
}

/** Price is what AWS takes for one unit in one region. */
export interface Price {
  readonly name: PriceName;
  readonly usd: number;
  /** For a person, after the amount: `a million requests`. */
  readonly unit: string;
  /** AWS's page, to look it up: the price was not read there. */
  readonly page: string;
  /** Whether a public text has the same price; otherwise it is from memory, and nobody compared it with anything. */
  readonly checked: boolean;
  readonly source?: PriceSource;
}

/** pricedRegions are those that the data file has prices of. */
export const pricedRegions: readonly string[] = data.regions;

/** pricesNote says what the prices are, and what not. */
export const pricesNote: string = data.note;

/** priceOf looks a price up; the region must be one of `pricedRegions`. */
export function priceOf(name: PriceName, region: string): Price {
  const { unit, page, usd, checked } = data.prices[name];
  const amount = (usd as Readonly<Record<string, number>>)[region];
  if (amount === undefined) throw new Error(`no price of ${name} in ${region}: known are ${pricedRegions.join(', ')}`);
  const source = (checked as Readonly<Record<string, keyof PriceFile['sources']>>)[region];
  const common = { name, usd: amount, unit, page };
  return source === undefined
    ? { ...common, checked: false }
    : { ...common, checked: true, source: data.sources[source] };
}
