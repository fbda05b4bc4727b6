import type { Knex } from '../../database/database.ts';

export const keyTable = 'dispatcher_keys';

const maxKeyLength = 190;

export interface DeduplicationKey {
  organization: string;
  onceKey: string;
  /** The delivery that is made if the key is new. */
  deliveryId: string;
}

interface Row {
  organization: string;
  once_key: string;
  delivery_id: string;
}

/** Keys are per organization; the separator is in no name. */
export const keyName = (organization: string, onceKey: string): string => `${organization}\n${onceKey}`;

/**
 * Takes keys within the caller's transaction. Resolves to the delivery that each key stands for now: the given one, or the
 * first that was made under it. Waits for other transactions that are taking the same keys. Throws `RangeError` for a key of
 * over 190 characters, or with a space at its end.
 */
export async function takeKeys(trx: Knex, keys: readonly DeduplicationKey[]): Promise<ReadonlyMap<string, string>> {
  if (keys.some(({ onceKey }) => onceKey.length > maxKeyLength))
    throw new RangeError(`a key is longer than ${maxKeyLength} characters`);
  // To the servers' comparison it would be the key without the space, and to nobody else.
  if (keys.some(({ onceKey }) => onceKey.endsWith(' '))) throw new RangeError('a key ends with a space');
  const taken = new Map<string, string>();
  if (keys.length === 0) return taken;
  // In one order, so that two transactions do not wait for each other.
  const rows: Row[] = keys
    .map(({ organization, onceKey, deliveryId }) => ({ organization, once_key: onceKey, delivery_id: deliveryId }))
    .sort((a, b) => (keyName(a.organization, a.once_key) < keyName(b.organization, b.once_key) ? -1 : 1));
  // Changes nothing where the key is there already, and fails for every other reason, which `insert ignore` would not.
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
