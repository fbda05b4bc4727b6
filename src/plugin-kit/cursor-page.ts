import Joi from 'joi';
import type { Knex } from '../database/database.ts';

/** The requested page of a list: its size, and the id before it. */
export interface PageQuery {
  limit: number;
  cursor?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** The cursor of the next page; undefined: this is the last one. */
  readonly next: string | undefined;
}

/** A UUID, in either case; validated to lower case, also in bodies, whose text is not converted otherwise. */
export const uuid = Joi.string().guid({ separator: '-', wrapper: false }).lowercase().prefs({ convert: true });

/** Fields for the `query` schema of a list: `limit` (1 to 100, default 20) and `cursor`. */
export const pageFields = {
  limit: Joi.number().integer().min(1).max(100).default(20),
  cursor: uuid.description('The `next_cursor` of the previous page.'),
};

/** Schema of a page: the items under `name`, and `next_cursor`, null on the last page. */
export const pageSchema = (name: string, item: Joi.Schema): Joi.ObjectSchema =>
  Joi.object({ [name]: Joi.array().items(item).required(), next_cursor: uuid.allow(null).required() });

/**
 * Reads a page of the rows of `query`, ordered by their ids: newest first for ids made by `randomUUIDv7`, or with `asc` the oldest first. An
 * index on the columns of the query's conditions and `id` keeps late pages as fast as the first.
 */
export async function readPage<Row extends { id: string }>(
  query: Knex.QueryBuilder,
  { limit, cursor }: PageQuery,
  direction: 'asc' | 'desc' = 'desc',
): Promise<Page<Row>> {
  if (cursor !== undefined) query.where('id', direction === 'desc' ? '<' : '>', cursor);
  // One more than the page shows whether another one follows.
  const rows = (await query.orderBy('id', direction).limit(limit + 1)) as Row[];
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
}

/** The body of a page's response. `toAnswer` renders an item. */
export const toPage = <Item>(name: string, { items, next }: Page<Item>, toAnswer: (item: Item) => unknown) => ({
  [name]: items.map((item) => toAnswer(item)),
  next_cursor: next ?? null,
});
