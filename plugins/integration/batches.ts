/** SQLite rejects conditions of more than 1000 alternatives and inserts of more than 500 rows. */
const mostRows = 500;

/** Splits items into batches for one statement each, in their order. */
export function* batchesOf<Item>(items: readonly Item[], most = mostRows): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += most) yield items.slice(at, at + most);
}
