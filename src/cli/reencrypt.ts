import { pendingMigrations } from '../database/migrations.ts';
import type { EncryptedTable } from '../encryption/encrypted-table.ts';
import { forgetEncryptionKeys, requireEncryptionKeys } from '../encryption/encryption-check.ts';
import { countKeyUse, type KeyUse } from '../encryption/key-use.ts';
import { reencryptTable, type Unreadable } from '../encryption/reencrypt.ts';
import { findUndeclared } from '../encryption/undeclared-values.ts';
import { StartError } from '../errors.ts';
import { createFoundation, type Foundation, type FoundationOptions } from '../foundation.ts';
import { idempotencyKeys } from '../gateway/routes/idempotency.ts';
import type { Plugin } from '../plugin.ts';
import { processesWithOtherKey } from '../running-processes.ts';
import type { CommandLine } from './command-line.ts';
import { noteDatabase } from './note-database.ts';

type Print = CommandLine['print'];

/** The encrypted columns of the gateway and of its plugins. */
export const encryptedTables = (plugins: readonly Plugin[]): EncryptedTable[] => [
  idempotencyKeys,
  ...plugins.flatMap(({ encrypted }) => encrypted ?? []),
];

/** Prefixes of the tables of the gateway itself, all of whose encrypted columns are known. */
const ownPrefixes = ['gateway_', 'dispatcher_'];

/**
 * `keys reencrypt`: rewrites every stored value with the newest key, and forgets the keys that no value needs any more.
 * `--status` counts alone. Resolves to 1 if a value cannot be decrypted.
 */
export async function reencrypt(
  options: FoundationOptions,
  line: CommandLine,
  { status }: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { print } = line;
  const foundation = createFoundation({ ...options, access: 'use' });
  const { config, database, encryption, owners } = foundation;
  noteDatabase(config, line);
  const tables = encryptedTables(options.plugins);
  try {
    const pending = await pendingMigrations(database, owners);
    if (pending.length > 0)
      throw new StartError(`Migrations are missing (${pending.join(', ')}). Start the servers first.`);
    const recorded = await requireEncryptionKeys(database, encryption);
    const isComplete = status ? true : await rewrite(foundation, tables, recorded, print);
    const uses = await countKeyUse(database, tables, foundation.now());
    const undeclared = await findUndeclared(database, encryption.keyIds.slice(1), ownPrefixes, tables);
    for (const { table, column, keyId } of undeclared)
      print(`undeclared  ${table}.${column}  key ${keyId}: its plugin is not loaded, or does not declare the column`);
    const needed = new Set([...uses, ...undeclared].map(({ keyId }) => keyId));
    const spent = encryption.keyIds.slice(1).filter((id) => !needed.has(id));
    const forgotten = status ? spent.filter((id) => !recorded.includes(id)) : spent;
    if (!status) {
      const undo = await forgetEncryptionKeys(database, spent);
      // Started in the meantime: it writes with an old key.
      await requireNewestKey(foundation).catch(async (error: unknown) => {
        await undo();
        throw error;
      });
    }
    printUses(uses, tables, encryption.keyIds, print);
    printKeys(foundation, uses, { needed, forgotten }, print);
    return isComplete && uses.every(({ keyId }) => encryption.keyIds.includes(keyId)) ? 0 : 1;
  } finally {
    await database.close();
  }
}

/** Throws `StartError` while a process encrypts with another key, or cannot read values under the newest one. */
async function requireNewestKey({ database, encryption: { keyIds } }: Foundation): Promise<void> {
  const [newest = ''] = keyIds;
  const others = await database.read((db) => processesWithOtherKey(db, database.engine, newest));
  if (others.length === 0) return;
  const lines = others.map(
    ({ host, pid, role, version }) => `  host ${host}, pid ${pid}, role ${role}, version ${version}`,
  );
  throw new StartError(
    [
      `Processes run whose first key in ENCRYPTION_KEY is not ${newest}. Restart them with it in front, then run the command again.`,
      ...lines,
      'A process that was killed counts for a minute.',
    ].join('\n'),
  );
}

/** Resolves to false if a value cannot be decrypted; the others are rewritten. */
async function rewrite(
  foundation: Foundation,
  tables: readonly EncryptedTable[],
  recorded: readonly string[],
  print: Print,
): Promise<boolean> {
  const { database, encryption } = foundation;
  const [newest = ''] = encryption.keyIds;
  if (!recorded.includes(newest)) {
    throw new StartError(
      `No server has started with the first key of ENCRYPTION_KEY (${newest}) yet. Restart every server with it in front, the old key after it, and run the command again.`,
    );
  }
  await requireNewestKey(foundation);
  let isComplete = true;
  const onUnreadable = ({ table, column, key }: Unreadable): void => {
    isComplete = false;
    print(`unreadable  ${table}.${column} of ${key}`);
  };
  for (const table of tables) {
    const values = await reencryptTable(table, { database, encryption, onUnreadable });
    if (values > 0) print(`rewritten   ${table.table}  ${count(values, 'value')}`);
  }
  return isComplete;
}

/** Every table with every key, those without values included: 0 is the answer that an operator looks for. */
function printUses(
  uses: readonly KeyUse[],
  tables: readonly EncryptedTable[],
  keyIds: readonly string[],
  print: Print,
): void {
  for (const { table } of tables) {
    const ofTable = uses.filter((use) => use.table === table);
    for (const id of new Set([...keyIds, ...ofTable.map(({ keyId }) => keyId)])) {
      const { values = 0, fingerprints = 0 } = ofTable.find(({ keyId }) => keyId === id) ?? {};
      const parts = [count(values, 'value'), ...(fingerprints > 0 ? [count(fingerprints, 'fingerprint')] : [])];
      print(`${table.padEnd(28)}  key ${id}  ${parts.join(', ')}`);
    }
  }
}

function printKeys(
  { encryption, formatTime }: Foundation,
  uses: readonly KeyUse[],
  { needed, forgotten }: { needed: ReadonlySet<string>; forgotten: readonly string[] },
  print: Print,
): void {
  const [newest = '', ...older] = encryption.keyIds;
  print(`key ${newest}  the newest: encrypts`);
  for (const id of older) {
    const ofKey = uses.filter(({ keyId }) => keyId === id);
    const values = ofKey.reduce((sum, use) => sum + use.values, 0);
    const until = Math.max(...ofKey.map((use) => use.until));
    if (forgotten.includes(id))
      print(`key ${id}  not needed: no value has it. Remove it and restart, or put it first to change to it`);
    else if (ofKey.length === 0 && needed.has(id)) print(`key ${id}  needed by undeclared columns`);
    else if (ofKey.length === 0) print(`key ${id}  no value is left: run "keys reencrypt" before you remove it`);
    else if (values > 0) print(`key ${id}  needed: run "keys reencrypt"`);
    else if (until === Number.POSITIVE_INFINITY) print(`key ${id}  needed: fingerprints that do not expire`);
    else print(`key ${id}  needed for fingerprints until ${formatTime(until)}: run "keys reencrypt" again after that`);
  }
  for (const id of new Set(uses.map(({ keyId }) => keyId)))
    if (!encryption.keyIds.includes(id)) print(`key ${id}  not in ENCRYPTION_KEY: its values are unreadable`);
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
