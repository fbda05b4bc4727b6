import Joi from 'joi';
import {
  countRows,
  type Listed,
  listAnswer,
  type OrderedRows,
  partFields,
  readBounded,
  toListQuery,
  windowOf,
} from './apigee-lists.ts';
import { idParam } from './apigee-names.ts';

/** Parameters of the lists of the management API: keys alone, or with `expand` whole records. */
export interface KeyListQuery {
  expand: boolean;
  count?: number;
  /** The first key of the answer, inclusive. */
  startKey?: string;
  all: boolean;
  size?: number;
  page?: number;
}

const maxCount = 1000;

export const keyListFields = {
  expand: Joi.boolean().sensitive().default(false).description('Return whole records instead of their keys.'),
  count: Joi.number().integer().min(1).max(maxCount).description('Number of records from `startKey` on.'),
  startKey: idParam.optional().allow('').description('The first key of the answer, as the last answer ended with it.'),
  ...partFields,
};

/** Everything is returned unless a part is asked for. Further parameters of clients are ignored. */
export const keyListQuery = Joi.object<KeyListQuery>(keyListFields).prefs({ stripUnknown: true });

/** Limit and offset, from `startKey` on; undefined for the whole list. */
export const keyPartOf = (wanted: KeyListQuery): ReturnType<typeof windowOf> =>
  wanted.count === undefined ? windowOf(toListQuery(wanted)) : { limit: wanted.count, offset: 0 };

/** Reads the requested part of the rows, ordered by a key, as `readBounded` does. */
export async function readKeys<Row extends object, Item>(
  rows: OrderedRows<Row>,
  wanted: KeyListQuery,
  toItem: (row: Row) => Item,
): Promise<Item[]> {
  const { startKey = '' } = wanted;
  const query = rows.query.clone();
  if (startKey !== '') query.where(rows.order[0], '>=', startKey);
  return readBounded({ ...rows, query }, toItem, keyPartOf(wanted));
}

/** The same with the number of all rows. */
export async function readKeyList<Row extends object, Item>(
  rows: OrderedRows<Row>,
  wanted: KeyListQuery,
  toItem: (row: Row) => Item,
): Promise<Listed<Item>> {
  const total = await countRows(rows.query.clone());
  return { items: await readKeys(rows, wanted, toItem), total };
}

/** The two forms of a list: keys, or with `expand=true` whole records under `name`. `schemaName` names the latter. */
export const keyListAnswer = (name: string, item: Joi.Schema, schemaName: string): Joi.AlternativesSchema =>
  Joi.alternatives(Joi.array().items(Joi.string()), listAnswer(name, item).meta({ schemaName })).meta({
    schemaName: `${schemaName}OrKeys`,
  });
