import Joi from 'joi';
import type { Knex } from '../../../src/plugin.ts';

/** The requested part of a list. */
export interface ListQuery {
  all: boolean;
  size: number;
  page: number;
}

const maxSize = 1000;

export const listFields = {
  all: Joi.boolean().sensitive().default(false).description('Return all records; `size` and `page` are ignored.'),
  size: Joi.number().integer().min(1).max(maxSize).default(20).description('Records per page.'),
  page: Joi.number().integer().min(1).max(1_000_000).default(1).description('Page number, starting at 1.'),
};

/** Clients of this API family send further list parameters; they are ignored. */
export const listQuery = Joi.object<ListQuery>(listFields).prefs({ stripUnknown: true });

/** Limit and offset for the database; undefined for the whole list. */
export const windowOf = ({ all, size, page }: ListQuery): { limit: number; offset: number } | undefined =>
  all ? undefined : { limit: size, offset: (page - 1) * size };

/** Parameters of lists that return everything unless a part is asked for. */
export const partFields = {
  all: listFields.all,
  size: Joi.number().integer().min(1).max(maxSize).description('Records per page, with `page`.'),
  page: Joi.number().integer().min(1).max(1_000_000).description('Page number, starting at 1.'),
};

/** The part that such a list was asked for. */
export const toListQuery = ({ all = false, size, page }: Partial<ListQuery>): ListQuery => ({
  all: all || (size === undefined && page === undefined),
  size: size ?? 20,
  page: page ?? 1,
});

/** A part of a list and the total number of records. */
export interface Listed<Item> {
  items: Item[];
  total: number;
}

/** Reads the requested part of the result of `query`. An index must provide the order. */
export async function readList<Row extends object>(
  query: Knex.QueryBuilder,
  [column, direction]: readonly [column: string, direction: 'asc' | 'desc'],
  wanted: ListQuery,
): Promise<Listed<Row>> {
  const total = await countRows(query.clone());
  const ordered = query.clone().orderBy(column, direction);
  const part = windowOf(wanted);
  const items = (await (part ? ordered.limit(part.limit).offset(part.offset) : ordered)) as Row[];
  return { items, total };
}

export async function countRows(query: Knex.QueryBuilder): Promise<number> {
  const [counted] = (await query.count({ total: '*' })) as { total: number }[];
  return Number(counted?.total ?? 0);
}

/** The members of a list are in alphabetical order, as in every answer of this API family. */
const inOrder = <Value>(members: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1)));

export const listAnswer = (name: string, item: Joi.Schema): Joi.ObjectSchema =>
  Joi.object(inOrder({ totalRecords: Joi.number().integer().required(), [name]: Joi.array().items(item).required() }));

export const toListAnswer = <Item>(name: string, { items, total }: Listed<Item>, toAnswer: (item: Item) => unknown) =>
  inOrder<unknown>({ totalRecords: total, [name]: items.map((item) => toAnswer(item)) });
