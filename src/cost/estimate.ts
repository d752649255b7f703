import { lines } from './lines.ts';
import { priceOf } from './prices.ts';
import type { Price } from './prices.ts';
import type { Basis } from './volumes.ts';

/** EstimatedLine is a line of the bill with its numbers. */
export interface EstimatedLine {
  readonly service: string;
  readonly name: string;
  readonly quantity: number;
  readonly price: Price;
  readonly usd: number;
  readonly words: string;
  readonly lower?: string;
}

/** Estimate is a month's bill in US dollars. */
export interface Estimate {
  readonly region: string;
  readonly lines: readonly EstimatedLine[];
  /** The most expensive first. */
  readonly services: readonly { readonly service: string; readonly usd: number }[];
  readonly usd: number;
  /** What makes up most of it: the largest lines, until they are three quarters, and three at most. */
  readonly dominant: readonly EstimatedLine[];
  /** Those that cost something at a price that no public text was found for. */
  readonly unchecked: readonly EstimatedLine[];
}

/** estimate computes each line and their sum. */
export function estimate(basis: Basis, region: string): Estimate {
  const estimated = lines.map(({ service, name, price: priceName, quantity, words, lower }): EstimatedLine => {
    const price = priceOf(priceName, region);
    const units = quantity(basis);
    return {
      service,
      name,
      quantity: units,
      price,
      usd: units * price.usd,
      words: words(basis),
      ...(lower !== undefined && { lower }),
    };
  });
  const usd = estimated.reduce((sum, line) => sum + line.usd, 0);
  const services = [...new Set(estimated.map(({ service }) => service))]
    .map((service) => ({
      service,
      usd: estimated.filter((line) => line.service === service).reduce((sum, line) => sum + line.usd, 0),
    }))
    .toSorted((a, b) => b.usd - a.usd);
  const unchecked = estimated.filter((line) => line.usd > 0 && !line.price.checked);
  return { region, lines: estimated, services, usd, dominant: dominantOf(estimated, usd), unchecked };
}

function dominantOf(estimated: readonly EstimatedLine[], total: number): readonly EstimatedLine[] {
  const largest = estimated.toSorted((a, b) => b.usd - a.usd);
  const dominant: EstimatedLine[] = [];
  let sum = 0;
  for (const line of largest.slice(0, 3)) {
    if (line.usd === 0 || sum >= total * 0.75) break;
    dominant.push(line);
    sum += line.usd;
  }
  return dominant;
}
