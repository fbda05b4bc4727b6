export interface Row {
  /** UUID of version 7: newer rows have greater ids. */
  readonly id: string;
}

/** Rows as the API answers them: newest first, from below `cursor` down to `next_cursor`. */
export interface RowPage<Item extends Row> {
  readonly rows: readonly Item[];
  readonly next_cursor: string | null;
}

/** Loaded rows, newest first, and the cursor of the rows below them. */
export interface LoadedRows<Item extends Row> {
  readonly rows: readonly Item[];
  readonly next: string | null;
}

/** Index of the first row whose id is below `id`. */
export function indexBelow(rows: readonly Row[], id: string): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && row.id >= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first row whose id is `id` or below it. */
function indexFrom(rows: readonly Row[], id: string): number {
  const index = indexBelow(rows, id);
  return rows[index - 1]?.id === id ? index - 1 : index;
}

/** Adds the page that was read at the cursor `at`; a page of another place is ignored. */
export function append<Item extends Row>(loaded: LoadedRows<Item>, page: RowPage<Item>, at: string): LoadedRows<Item> {
  if (loaded.next !== at) return loaded;
  return { rows: [...loaded.rows, ...page.rows], next: page.next_cursor };
}

/**
 * Puts a page that was read again in the place of the known rows of its range: changed rows change, new ones come in, and
 * rows that match the filter no longer go. The range begins below `above` (undefined: with the newest).
 */
export function refresh<Item extends Row>(
  loaded: LoadedRows<Item>,
  page: RowPage<Item>,
  above: string | undefined,
): LoadedRows<Item> {
  const { rows, next } = loaded;
  // Rows of the page that lie below the loaded ones are left out: their own page adds them.
  const floor =
    next === null ? page.next_cursor : page.next_cursor === null || page.next_cursor < next ? next : page.next_cursor;
  const begin = above === undefined ? 0 : indexBelow(rows, above);
  const end = floor === null ? rows.length : indexBelow(rows, floor);
  const fresh = floor === null ? page.rows : page.rows.slice(0, indexBelow(page.rows, floor));
  return { rows: [...rows.slice(0, begin), ...fresh, ...rows.slice(Math.max(begin, end))], next };
}

/** Splits a page of the newest rows at the newest known row. */
export function splitNew<Item extends Row>(
  page: RowPage<Item>,
  newest: string | undefined,
): { fresh: readonly Item[]; known: RowPage<Item> } {
  const count = newest === undefined ? 0 : indexFrom(page.rows, newest);
  return {
    fresh: page.rows.slice(0, count),
    known: { rows: page.rows.slice(count), next_cursor: page.next_cursor },
  };
}

/** The time in a UUID of version 7, in milliseconds. */
export const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
