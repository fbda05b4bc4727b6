import type { Knex } from '../../database/database.ts';

export const keyTable = 'dispatcher_keys';

const maxKeyLength = 190;

export interface DeduplicationKey {
  organization: string;
  onceKey: string;
  /** The delivery to be stored if the key is new. */
  deliveryId: string;
}

interface Row {
  organization: string;
  once_key: string;
  delivery_id: string;
}

/** Keys are unique per organization; no organization's name contains the separator. */
export const keyName = (organization: string, onceKey: string): string => `${organization}\n${onceKey}`;

/**
 * Stores keys within the caller's transaction. Resolves to the delivery id of each key, by `keyName`: the given one,
 * or the one that the key was first used for. Waits for other transactions that store the same keys. Throws
 * `RangeError` for a key of over 190 characters, or with a space at its end.
 */
export async function takeKeys(trx: Knex, keys: readonly DeduplicationKey[]): Promise<ReadonlyMap<string, string>> {
  if (keys.some(({ onceKey }) => onceKey.length > maxKeyLength))
    throw new RangeError(`a key is longer than ${maxKeyLength} characters`);
  // Database servers ignore trailing spaces in comparisons; SQLite and this process do not.
  if (keys.some(({ onceKey }) => onceKey.endsWith(' '))) throw new RangeError('a key ends with a space');
  const taken = new Map<string, string>();
  if (keys.length === 0) return taken;
  // Sorted, so that two transactions cannot deadlock.
  const rows: Row[] = keys
    .map(({ organization, onceKey, deliveryId }) => ({ organization, once_key: onceKey, delivery_id: deliveryId }))
    .sort((a, b) => (keyName(a.organization, a.once_key) < keyName(b.organization, b.once_key) ? -1 : 1));
  // Leaves an existing key as it is and fails for any other reason, unlike `insert ignore`.
  await trx<Row>(keyTable)
    .insert(rows)
    .onConflict(['organization', 'once_key'])
    .merge({ once_key: trx.raw('once_key') as unknown as string });
  for (const [organization, group] of Map.groupBy(rows, (row) => row.organization)) {
    const found: Row[] = await trx<Row>(keyTable)
      .where({ organization })
      .whereIn(
        'once_key',
        group.map((row) => row.once_key),
      );
    for (const row of found) taken.set(keyName(organization, row.once_key), row.delivery_id);
  }
  return taken;
}
