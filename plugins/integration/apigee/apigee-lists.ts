import Joi from 'joi';
import type { Knex } from '../../../src/plugin.ts';

/** Which part of a list is wanted. */
export interface ListQuery {
  all: boolean;
  size: number;
  page: number;
}

const maxSize = 1000;

export const listFields = {
  all: Joi.boolean().default(false).description('Everything, whatever `size` and `page` say.'),
  size: Joi.number().integer().min(1).max(maxSize).default(20),
  page: Joi.number().integer().min(1).max(1_000_000).default(1).description('The first is 1.'),
};

/** That API family knows more parameters for its lists; they are ignored. */
export const listQuery = Joi.object<ListQuery>(listFields).prefs({ stripUnknown: true });

/** Limit and offset for the database; undefined: everything. */
export const windowOf = ({ all, size, page }: ListQuery): { limit: number; offset: number } | undefined =>
  all ? undefined : { limit: size, offset: (page - 1) * size };

/** A part of a list, and how many there are in all. */
export interface Listed<Item> {
  items: Item[];
  total: number;
}

/** The part of what `query` finds that is wanted, in an order that an index gives. */
export async function readList<Row extends object>(
  query: Knex.QueryBuilder,
  [column, direction]: readonly [column: string, direction: 'asc' | 'desc'],
  wanted: ListQuery,
): Promise<Listed<Row>> {
  const [counted] = (await query.clone().count({ total: '*' })) as { total: number }[];
  const ordered = query.clone().orderBy(column, direction);
  const part = windowOf(wanted);
  const items = (await (part ? ordered.limit(part.limit).offset(part.offset) : ordered)) as Row[];
  return { items, total: Number(counted?.total ?? 0) };
}

export const listAnswer = (name: string, item: Joi.Schema): Joi.ObjectSchema =>
  Joi.object({ totalRecords: Joi.number().integer().required(), [name]: Joi.array().items(item).required() });

export const toListAnswer = <Item>(
  name: string,
  { items, total }: Listed<Item>,
  toAnswer: (item: Item) => unknown,
) => ({
  totalRecords: total,
  [name]: items.map((item) => toAnswer(item)),
});
