import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Key } from './keys.ts';

/** StateTable is the stage's one table: keys `pk` and `sk`, and `expires` (epoch seconds) as its time to live. */
export interface StateTable {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly table: string;
}

export type Value = string | number | boolean | Uint8Array | ReadonlySet<string>;

/** Attributes to write: what is undefined is left out. */
export type Attributes = Readonly<Record<string, Value | undefined>>;

/** Item is what was read: attributes by name, to be read by `textOf`, `numberOf`, `bytesOf` and `namesOf`. */
export type Item = Readonly<Record<string, unknown>>;

/**
 * Condition is a condition expression. A `#name` in it stands for the attribute of that name, a `:value` for one of `values`.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
export interface Condition {
  readonly when: string;
  readonly values?: Attributes;
}

/** Change is an update expression, written as a condition is. */
export interface Change extends Partial<Condition> {
  readonly change: string;
  /** Attributes whose names are no words: by the alias that stands for each. */
  readonly names?: Readonly<Record<string, string>>;
  readonly returns?: 'ALL_NEW' | 'ALL_OLD';
}

/** Range is a partition, or those of its items whose sort keys lie between two, or up to one, both included. */
export interface Range {
  readonly pk: string;
  readonly between?: readonly [from: string, to: string];
  readonly upTo?: string;
  readonly newestFirst?: boolean;
  /** Items read at most. */
  readonly limit?: number;
  readonly consistent?: boolean;
}

/**
 * Table reads and writes items. Each write is one item's, so that a crash leaves whole items; reads are consistent unless
 * asked otherwise, so that of two writers the one that reads last sees both.
 */
export interface Table {
  get(key: Key, options?: { readonly consistent?: boolean }): Promise<Item | undefined>;
  /** put writes an item over any other with its key; false when the condition did not hold. */
  put(key: Key, attributes: Attributes, condition?: Condition): Promise<boolean>;
  /** update gives the attributes that `returns` asks for; undefined when the condition did not hold. */
  update(key: Key, change: Change): Promise<Item | undefined>;
  /** remove deletes an item; false when the condition did not hold. */
  remove(key: Key, condition?: Condition): Promise<boolean>;
  /** query reads a range page by page. */
  query(range: Range): AsyncGenerator<Item>;
  /** queryAll reads several partitions at once. */
  queryAll(partitions: readonly string[], range?: Omit<Range, 'pk'>): Promise<readonly Item[]>;
}

/** StateTableError says that the table could not be read or written; trying again can help. */
class StateTableError extends Error {
  override readonly name = 'StateTableError';
}

/**
 * openTable gives the items of a state table.
 * @throws {StateTableError} for whatever the table refuses but a condition.
 */
export function openTable({ client, table: TableName }: StateTable): Table {
  async function answer<Output>(asked: Promise<Output>): Promise<Output> {
    try {
      return await asked;
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) throw cause;
      throw new StateTableError(`state table ${TableName}: ${String(cause)}`, { cause });
    }
  }

  /** The one conditional write: undefined when its condition did not hold. */
  async function write<Output>(asked: Promise<Output>): Promise<Output | undefined> {
    try {
      return await answer(asked);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  async function* query(range: Range): AsyncGenerator<Item> {
    const { pk, between, upTo, newestFirst = false, limit = Infinity, consistent = true } = range;
    const [from, to] = between ?? [undefined, upTo];
    const bound = between ? ' AND sk BETWEEN :from AND :to' : upTo === undefined ? '' : ' AND sk <= :to';
    let left = limit;
    let start: Record<string, AttributeValue> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await answer(
        client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: `pk = :pk${bound}`,
            ...valuesOf({ pk, from, to }),
            ConsistentRead: consistent,
            ScanIndexForward: !newestFirst,
            ...(Number.isFinite(left) && { Limit: left }),
            ...(start !== undefined && { ExclusiveStartKey: start }),
          }),
        ),
      );
      for (const item of Items) yield unmarshall(item) as Item;
      left -= Items.length;
      start = LastEvaluatedKey;
    } while (start !== undefined && left > 0);
  }

  return {
    query,

    async queryAll(partitions, range) {
      const items = partitions.map(async (pk) => {
        const read: Item[] = [];
        for await (const item of query({ ...range, pk })) read.push(item);
        return read;
      });
      return (await Promise.all(items)).flat();
    },

    async get(key, { consistent = true } = {}) {
      const command = new GetItemCommand({ TableName, Key: marshall(key), ConsistentRead: consistent });
      const { Item } = await answer(client.send(command));
      return Item && (unmarshall(Item) as Item);
    },

    async put(key, attributes, condition) {
      const Item = attributesOf({ ...attributes, ...key });
      const command = new PutItemCommand({ TableName, Item, ...conditionOf(condition) });
      return (await write(client.send(command))) !== undefined;
    },

    async update(key, { change, when, values = {}, names = {}, returns }) {
      const written = await write(
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: marshall(key),
            UpdateExpression: change,
            ...(when !== undefined && { ConditionExpression: when }),
            ...namesIn(`${change} ${when ?? ''}`, names),
            ...valuesOf(values),
            ...(returns && { ReturnValues: returns }),
          }),
        ),
      );
      return written && (unmarshall(written.Attributes ?? {}) as Item);
    },

    async remove(key, condition) {
      const command = new DeleteItemCommand({ TableName, Key: marshall(key), ...conditionOf(condition) });
      return (await write(client.send(command))) !== undefined;
    },
  };
}

/** isNew is the condition that no item has the key. */
export const isNew: Condition = { when: 'attribute_not_exists(pk)' };

/** unchangedSince is the condition that an item has the version that was read; 0 says that there was none. */
export function unchangedSince(version: number): Condition {
  return version === 0 ? isNew : { when: 'version = :version', values: { version } };
}

/** isNewAt is the condition that no item has the key, or one that has expired: the time to live deletes late. */
export function isNewAt(now: Date): Condition {
  return { when: 'attribute_not_exists(pk) OR expires <= :now', values: { now: Math.floor(now.getTime() / 1_000) } };
}

type NamedError = new (message: string, options: ErrorOptions) => Error;

/** failingAs makes a function that does work, and whose error says by `what` failed; the cause says why. */
export function failingAs(Failure: NamedError): <T>(what: string, work: () => Promise<T>) => Promise<T> {
  return async (what, work) => {
    try {
      return await work();
    } catch (cause) {
      throw new Failure(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  };
}

function conditionOf(condition: Condition | undefined) {
  if (condition === undefined) return {};
  const { when, values = {} } = condition;
  return { ConditionExpression: when, ...namesIn(when), ...valuesOf(values) };
}

function namesIn(expression: string, odd: Readonly<Record<string, string>> = {}) {
  const names = [...new Set(expression.match(/#\w+/g))].map((alias) => [alias, odd[alias] ?? alias.slice(1)]);
  return names.length === 0 ? {} : { ExpressionAttributeNames: Object.fromEntries(names) as Record<string, string> };
}

function valuesOf(values: Attributes) {
  const named = Object.entries(values).map(([name, value]) => [`:${name}`, value] as const);
  const ExpressionAttributeValues = attributesOf(Object.fromEntries(named));
  return Object.keys(ExpressionAttributeValues).length === 0 ? {} : { ExpressionAttributeValues };
}

function attributesOf(attributes: Attributes): Record<string, AttributeValue> {
  return marshall(attributes, { removeUndefinedValues: true });
}

/** textOf reads a text attribute; one that is missing, or of another type, is empty. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** numberOf reads a number attribute; one that is missing, or of another type, is 0. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** bytesOf reads a binary attribute. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}

/** namesOf reads an attribute that is a set of strings; one that is missing is empty. */
export function namesOf(value: unknown): ReadonlySet<string> {
  return value instanceof Set ? (value as ReadonlySet<string>) : new Set();
}
