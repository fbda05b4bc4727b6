/**
 * Settings of the session that statements rely on, and that an administrator may have changed for the whole server. The
 * values are written as the server shows them.
 */
const required = {
  // Text is sent and compared as bytes of UTF-8; literals follow the connection.
  character_set_client: 'utf8mb4',
  character_set_connection: 'utf8mb4',
  character_set_results: 'utf8mb4',
  collation_connection: 'utf8mb4_bin',
  time_zone: '+00:00',
  // A statement alone is a transaction, and COMMIT neither opens another one nor ends the connection.
  autocommit: 'ON',
  completion_type: 'NO_CHAIN',
  // Strict mode turns silent truncation into an error. Backslashes escape, and double quotes enclose texts.
  sql_mode: 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',
  // No rows left out, none refused for a missing key, none matched by `is null` because they are new.
  sql_select_limit: '18446744073709551615',
  sql_safe_updates: 'OFF',
  sql_big_selects: 'ON',
  sql_auto_is_null: 'OFF',
  max_sort_length: '1024',
  group_concat_max_len: '1048576',
  div_precision_increment: '4',
  foreign_key_checks: 'ON',
  unique_checks: 'ON',
  // Knex's tables of migrations name no engine, and MyISAM knows no transactions.
  default_storage_engine: 'InnoDB',
  // A short wait makes a stuck holder of a row cost a retry; a day is the servers' own limit for tables.
  innodb_lock_wait_timeout: '5',
  lock_wait_timeout: '86400',
  net_read_timeout: '30',
  net_write_timeout: '60',
} as const;

/** Settings that a server may lack: each has a name of its own for some, and older ones have none. */
const whereKnown = {
  transaction_isolation: 'READ-COMMITTED',
  tx_isolation: 'READ-COMMITTED',
  transaction_read_only: 'OFF',
  tx_read_only: 'OFF',
  // Limits of statements and transactions are the gateway's own.
  max_execution_time: '0',
  max_statement_time: '0',
  idle_transaction_timeout: '0',
  idle_write_transaction_timeout: '0',
  idle_readonly_transaction_timeout: '0',
  check_constraint_checks: 'ON',
} as const;

/** Facts of the server that are read along with the settings. */
const identity = ['server_uuid', 'server_id', 'hostname', 'port'];
const facts = ['version', 'max_allowed_packet', 'log_bin', 'binlog_format', 'pseudo_thread_id', ...identity];

/**
 * First statement: limits of rows, joins or time would apply to the next one. Each server skips the other's comment.
 */
const first =
  'SET NAMES utf8mb4 COLLATE utf8mb4_bin, SESSION sql_select_limit = 18446744073709551615, SESSION sql_big_selects = ON' +
  ' /*!80000 , SESSION max_execution_time = 0 */ /*M!100600 , SESSION max_statement_time = 0 */';

export interface SessionConnection {
  promise(): { query(sql: string): Promise<[unknown, ...unknown[]]> };
}

export interface ServerFacts {
  version: string;
  /** Limit of a statement, in bytes. */
  packetBytes: number;
  /** Tells servers apart that share an address. */
  server: string;
  /** Number of the connection on the server. */
  threadId: number;
}

/** The server does not apply a setting of the session; the message names it. */
export class SessionError extends Error {
  readonly code = 'SESSION_NOT_APPLIED';

  constructor(message: string) {
    super(message);
    this.name = 'SessionError';
  }
}

/**
 * Sets the session of a new connection up, and checks it: the server, its `init_connect` or a proxy may have other ideas.
 * `idleSeconds` is the time after which the server ends the idle connection. Throws `SessionError`.
 */
export async function prepareSession(connection: SessionConnection, idleSeconds: number): Promise<ServerFacts> {
  const query = (sql: string): Promise<unknown> =>
    connection
      .promise()
      .query(sql)
      .then(([rows]) => rows);
  const wanted: Readonly<Record<string, string>> = { ...required, ...whereKnown, wait_timeout: String(idleSeconds) };
  const names = [...Object.keys(wanted), ...facts].map((name) => `'${name}'`).join(',');
  const read = async (): Promise<Map<string, string>> => {
    const rows = (await query(`SHOW SESSION VARIABLES WHERE Variable_name IN (${names})`)) as Variable[];
    return new Map(rows.map(({ Variable_name: name, Value: value }) => [name.toLowerCase(), value]));
  };
  const differing = (found: ReadonlyMap<string, string>): [name: string, value: string][] =>
    Object.entries(wanted).filter(([name, value]) => !isSame(found.get(name), value, name in whereKnown));

  await query(first);
  const before = await read();
  const changes = differing(before).map(([name, value]) => `SESSION ${name} = ${literal(value)}`);
  if (changes.length > 0) await query(`SET ${changes.join(', ')}`).catch(refusal);
  const after = await read();
  const refused = differing(after).map(([name, value]) => `${name} is ${shown(after.get(name))} instead of ${value}`);
  if (after.get('log_bin') === 'ON' && after.get('binlog_format') === 'STATEMENT')
    refused.push('binlog_format is STATEMENT instead of ROW or MIXED');
  if (refused.length > 0) throw new SessionError(`settings of the session do not apply: ${refused.join(', ')}`);
  return {
    version: after.get('version') ?? '',
    packetBytes: Number(after.get('max_allowed_packet') ?? Number.POSITIVE_INFINITY),
    server: identity.map((name) => after.get(name) ?? '').join(' '),
    threadId: Number(after.get('pseudo_thread_id')),
  };
}

/** Numbers of the servers' errors: unknown variable, no right to set it, wrong value or type, read only. */
const refusals = new Set([1193, 1227, 1231, 1232, 1238]);

function refusal(error: Error & { code?: string; errno?: number }): never {
  if (!refusals.has(error.errno ?? 0)) throw error;
  throw new SessionError(`settings of the session are refused: ${error.code} (${error.errno})`);
}

interface Variable {
  Variable_name: string;
  Value: string;
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);

/** Numbers are compared as such: a server shows 0 seconds as `0.000000`. */
function isSame(found: string | undefined, wanted: string, mayLack: boolean): boolean {
  if (found === undefined) return mayLack;
  return found === wanted || (isNumber(wanted) && Number(found) === Number(wanted));
}

const literal = (value: string): string => (isNumber(value) ? value : `'${value}'`);

const shown = (value = 'unknown'): string => value.slice(0, 100) || 'empty';
