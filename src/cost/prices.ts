import { readFileSync } from 'node:fs';
import type prices from './prices.json';

type PriceFile = typeof prices;

const data = JSON.parse(readFileSync(new URL('prices.json', import.meta.url), 'utf8')) as PriceFile;

export type PriceName = keyof PriceFile['prices'];

/** Price is what AWS takes for one unit in one region. */
export interface Price {
  readonly name: PriceName;
  readonly usd: number;
  /** For a person, after the amount: `a million requests`. */
  readonly unit: string;
  /** AWS's page. */
  readonly source: string;
  /** The month in which it was looked up: `2026-02`. */
  readonly asOf: string;
}

/** pricedRegions are those that the data file has prices of. */
export const pricedRegions: readonly string[] = data.regions;

/** pricesNote says what the prices are, and what not. */
export const pricesNote: string = data.note;

/** priceOf looks a price up; the region must be one of `pricedRegions`. */
export function priceOf(name: PriceName, region: string): Price {
  const { unit, source, asOf, usd } = data.prices[name];
  const amount = (usd as Readonly<Record<string, number>>)[region];
  if (amount === undefined) throw new Error(`no price of ${name} in ${region}: known are ${pricedRegions.join(', ')}`);
  return { name, usd: amount, unit, source, asOf };
}
