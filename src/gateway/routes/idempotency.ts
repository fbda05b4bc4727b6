import { createHash } from 'node:crypto';
import type { Database, Knex } from '../../database/database.ts';
import { isLockedRow, isUniqueViolation } from '../../database/database-errors.ts';
import type { EncryptedTable } from '../../encryption/encrypted-table.ts';
import type { Encryption } from '../../encryption/encryption.ts';
import { conflict, validationError } from '../../errors.ts';
import { isRawNumber, parseExactJson } from '../../exact-json.ts';
import type { Answer, Clock } from '../../plugin.ts';
import type { Call } from '../call/target.ts';

export interface Idempotency {
  /**
   * Runs `work`, in a transaction if it needs one, and resolves to its answer. With an `Idempotency-Key`, key and
   * answer are committed together with the effect; a retry gets the first answer without running `prepare` or `work`.
   * Rejects with `IDEMPOTENCY_KEY_REUSED`, `IDEMPOTENCY_KEY_IN_USE`, `VALIDATION_ERROR` (malformed key), or the error
   * of `prepare` or `work`.
   */
  run(call: Call, action: Action, work: Work): Promise<Answer>;
  /** Deletes keys older than 24 hours, in batches of 500. */
  purge(): Promise<void>;
}

interface Action {
  target: string;
  method: string;
  body: unknown;
  /** JSON text of the members that the route takes as the caller wrote them. */
  verbatim: Readonly<Record<string, string>>;
  /** Runs before `work`, outside its transaction. */
  prepare(): Promise<void> | undefined;
}

/** The work of a route. `withoutTransaction`: it is atomic by itself, so without a key it runs on the plain database. */
export type Work =
  | { withoutTransaction: false; run(trx: Knex.Transaction): Promise<Answer> }
  | { withoutTransaction: true; run(db: Knex): Promise<Answer> };

interface KeyRow {
  scope_hash: string;
  body_mark: string;
  organization: string;
  answer: string;
  expires_at: number;
}

const table = 'gateway_idempotency_keys';
/** The answers are encrypted again with a new key; the marks of the bodies end with their row. */
export const idempotencyKeys: EncryptedTable = {
  table,
  key: 'scope_hash',
  organization: 'organization',
  columns: ['answer'],
  fingerprints: [{ column: 'body_mark', expires: 'expires_at' }],
};
const keptMicros = 24 * 3600 * 1_000_000;
const purgeBatch = 500;
const validKey = /^[\x21-\x7e]{1,255}$/;

export function createIdempotency(parts: { database: Database; encryption: Encryption; now: Clock }): Idempotency {
  const { database, encryption, now } = parts;
  /** Keys whose first call is running in this process; the row's lock shows the calls of other processes. */
  const running = new Set<string>();
  const isValid = (row: KeyRow | undefined): row is KeyRow => row !== undefined && row.expires_at > now();

  return {
    async run(call, action, work) {
      // Without a principal, the keys of different callers could not be told apart.
      const key = action.method === 'POST' && call.principal ? call.req.headers['idempotency-key'] : undefined;
      if (key === undefined) {
        await action.prepare();
        return work.withoutTransaction ? database.statement(work.run) : database.transaction(work.run);
      }
      const entry = toEntry(call, action, key);
      // Checked before the database is asked: SQLite has a single connection, which the first call holds.
      if (running.has(entry.hash)) throw inUse();
      // Read without a lock, so that concurrent replays do not mistake one another for the first call.
      const kept = await database.read((db) => keyRow(db, entry.hash).first());
      if (isValid(kept)) return replay(kept, entry);
      if (running.has(entry.hash)) throw inUse();
      running.add(entry.hash);
      try {
        await action.prepare();
        return await database.transaction((trx) => once(trx, entry, work), { repeatable: true });
      } finally {
        running.delete(entry.hash);
      }
    },

    async purge() {
      for (;;) {
        const time = now();
        const hashes: string[] = await database.read((db) =>
          db(table).where('expires_at', '<=', time).limit(purgeBatch).pluck('scope_hash'),
        );
        if (hashes.length > 0) {
          // The condition is repeated, because a key may have been reused since the read.
          await database.transaction((trx) =>
            trx(table).whereIn('scope_hash', hashes).where('expires_at', '<=', time).delete(),
          );
        }
        if (hashes.length < purgeBatch) return;
      }
    },
  };

  async function once(trx: Knex.Transaction, entry: Entry, work: Work): Promise<Answer> {
    const first = await lock(trx, entry.hash);
    if (isValid(first)) return replay(first, entry);
    if (first) await keyRow(trx, entry.hash).delete();
    const context = [table, entry.hash, entry.organization] as const;
    await reserve(trx, entry);
    const answer = await work.run(trx);
    const row = keyRow(trx, entry.hash);
    if (answer.status < 300) await row.update({ answer: encryption.encrypt(JSON.stringify(answer), context) });
    else await row.delete();
    return answer;
  }

  async function lock(trx: Knex.Transaction, hash: string): Promise<KeyRow | undefined> {
    try {
      return (await database.lockWithoutWaiting(keyRow(trx, hash)))[0] as KeyRow | undefined;
    } catch (error) {
      throw isLockedRow(error) ? inUse() : error;
    }
  }

  async function reserve(trx: Knex.Transaction, entry: Entry): Promise<void> {
    try {
      await trx(table).insert({
        scope_hash: entry.hash,
        body_mark: encryption.fingerprint(entry.body),
        organization: entry.organization,
        answer: '',
        expires_at: now() + keptMicros,
      });
    } catch (error) {
      // Another process has inserted the row since `lock` found none.
      throw isUniqueViolation(error) || isLockedRow(error) ? inUse() : error;
    }
  }

  function replay(row: KeyRow, entry: Entry): Answer {
    // A fingerprint made with an encryption key that has been removed matches nothing.
    if (!encryption.matches(row.body_mark, entry.body)) {
      throw conflict('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used with a different body.');
    }
    const context = [table, entry.hash, entry.organization] as const;
    const answer = parseExactJson(encryption.decrypt(row.answer, context)) as Answer;
    return { ...answer, headers: { ...answer.headers, 'Idempotent-Replayed': 'true' } };
  }
}

interface Entry {
  hash: string;
  organization: string;
  body: string;
}

const keyRow = (db: Knex, hash: string) => db<KeyRow>(table).where({ scope_hash: hash });

const inUse = (): Error =>
  conflict('IDEMPOTENCY_KEY_IN_USE', 'The first call with this Idempotency-Key is still running.');

function toEntry(call: Call, action: Action, key: string | string[]): Entry {
  if (typeof key !== 'string' || !validKey.test(key)) {
    throw validationError([
      { path: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters', in: 'header' },
    ]);
  }
  const { organization } = call;
  return { hash: hashOf(call, action, key), organization, body: canonicalJson(toCompared(action)) };
}

function hashOf(call: Call, action: Action, key: string): string {
  const scope = [
    call.organization,
    call.principal?.issuer,
    call.principal?.subject,
    action.target,
    action.method,
    call.path,
    key,
  ];
  return createHash('sha256').update(JSON.stringify(scope)).digest('hex');
}

/** The body, with the numbers of verbatim members as the caller wrote them. */
function toCompared({ body = null, verbatim }: Action): unknown {
  const exact = Object.entries(verbatim).map(([name, text]) => [name, parseExactJson(text)]);
  return exact.length === 0 ? body : { ...(body as object), ...Object.fromEntries(exact) };
}

/** JSON with sorted members, so that two notations of one value compare equal. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, node: unknown) =>
    typeof node === 'object' && node !== null && !Array.isArray(node) && !isRawNumber(node)
      ? Object.fromEntries(Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1)))
      : node,
  );
}
