/**
 * Meaning of a failed statement.
 *
 * - `lost`: the connection has ended, and with it a transaction before COMMIT. A COMMIT may have been executed.
 * - `refused`: the server has not executed the statement, and executes none on this connection; another server may.
 * - `busy`: the server has not executed the statement, and would not now.
 * - `full`: the server has no room on its disk, or cannot write to it; nothing stays of the statement.
 * - `conflict`: the transaction is rolled back and may be run again.
 */
export type Failure = 'lost' | 'refused' | 'busy' | 'full' | 'conflict';

/** By the numbers of errors, of which the driver names only those of MySQL. */
const failures: Readonly<Record<number, Failure>> = {
  // The server or a proxy closes the connection, or has lost it.
  1053: 'lost', // shutdown in progress
  1077: 'lost', // normal shutdown
  1079: 'lost', // shutdown complete
  1080: 'lost', // forced to close this thread
  1152: 'lost', // aborted connection
  1156: 'lost', // packets out of order
  1157: 'lost', // packet cannot be uncompressed
  1158: 'lost', // error reading packets
  1159: 'lost', // timeout reading packets
  1160: 'lost', // error writing packets
  1161: 'lost', // timeout writing packets
  1184: 'lost', // aborted new connection
  1189: 'lost', // network error reading from the source
  1190: 'lost', // network error writing to the source
  1317: 'lost', // interrupted: killed by an administrator or a fail-over
  1927: 'lost', // MariaDB: connection was killed
  2002: 'lost', // a proxy cannot connect to the server's socket
  2003: 'lost', // a proxy cannot connect to the server
  2006: 'lost', // a proxy: server has gone away
  2013: 'lost', // a proxy: lost connection during a query
  2055: 'lost', // a proxy: lost connection, with a system error
  3168: 'lost', // the server is not available
  3169: 'lost', // the session was killed
  3782: 'lost', // group replication: killed while a new primary was not ready
  4031: 'lost', // disconnected for inactivity
  // The server has another part now: after a fail-over, the same name leads to another one.
  1046: 'refused', // no database selected: it was dropped under the connection
  1047: 'refused', // Galera: the node is not part of the primary component, or not prepared yet
  1036: 'refused', // table is read only
  1207: 'refused', // locks cannot be taken in a read-only transaction
  1290: 'refused', // --read-only or --super-read-only
  1792: 'refused', // transaction is read only
  1836: 'refused', // read-only mode
  1874: 'refused', // InnoDB is read only
  1881: 'refused', // InnoDB in forced recovery
  3032: 'refused', // offline mode
  3783: 'refused', // group replication: the member has failed
  3797: 'refused', // group replication: the wait for earlier transactions failed
  3798: 'refused', // group replication: the same, for the other members
  // The server answers, and has no room for the connection or the work, or does not let this user in for now.
  1037: 'busy', // out of memory
  1038: 'busy', // out of memory for sorting
  1040: 'busy', // too many connections
  1041: 'busy', // out of memory, maybe for a thread
  1042: 'busy', // host name cannot be resolved
  1043: 'busy', // bad handshake: a proxy without a server
  1044: 'busy', // access to the database denied: rights not replicated yet
  1045: 'busy', // access denied: a password that changes
  1049: 'busy', // unknown database: a new server that is being filled
  1129: 'busy', // host blocked after many failed connections
  1130: 'busy', // host not allowed
  1135: 'busy', // no thread can be made
  1203: 'busy', // user has too many connections
  1206: 'busy', // no room for more row locks
  1226: 'busy', // user has reached a limit
  1637: 'busy', // too many open transactions
  1698: 'busy', // access denied, without a password
  1820: 'busy', // password has to be changed
  1862: 'busy', // password has expired
  3019: 'busy', // undo log full
  3118: 'busy', // account locked
  3159: 'busy', // connections have to be encrypted
  3781: 'busy', // group replication: a new primary is not ready yet
  9001: 'busy', // ProxySQL: no server within its time
  // The server's disk. Small numbers are those of its library of files.
  3: 'full', // error writing a file
  20: 'full', // disk full
  28: 'full', // no space left on device
  1021: 'full', // disk full
  1026: 'full', // error writing a file
  1114: 'full', // table full
  1598: 'full', // the binary log cannot be written
  1878: 'full', // a temporary file cannot be written
  // The transaction cannot go on, and nothing of it stays.
  1020: 'conflict', // row changed since it was read
  1180: 'conflict', // error during COMMIT: a cluster has refused the transaction
  1205: 'conflict', // lock wait timeout; the client rolls back
  1213: 'conflict', // deadlock, or refused by a cluster
  1412: 'conflict', // definition of a table changed
  1689: 'conflict', // wait for a lock aborted
  3100: 'conflict', // refused by a hook of replication before COMMIT
  3101: 'conflict', // rolled back by a plugin during COMMIT
};

/** By the codes of the driver and the system. */
const ofTheDriver: Readonly<Record<string, Failure>> = {
  ...{ PROTOCOL_CONNECTION_LOST: 'lost', PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR: 'lost' },
  ...{ PROTOCOL_PACKETS_OUT_OF_ORDER: 'lost', ECONNRESET: 'lost', ECONNREFUSED: 'lost', ECONNABORTED: 'lost' },
  ...{ EPIPE: 'lost', ETIMEDOUT: 'lost', EHOSTUNREACH: 'lost', ENETUNREACH: 'lost', ENETDOWN: 'lost' },
  ...{ EHOSTDOWN: 'lost', ENOTCONN: 'lost', ENOTFOUND: 'lost', EAI_AGAIN: 'lost' },
  ...{ HANDSHAKE_NO_SSL_SUPPORT: 'busy', HANDSHAKE_SSL_ERROR: 'busy', HANDSHAKE_UNKNOWN_ERROR: 'busy' },
  ...{ AUTH_SWITCH_PLUGIN_ERROR: 'busy', SESSION_NOT_APPLIED: 'busy' },
};

interface Coded {
  code?: string;
  errno?: number;
  /** SQLite's number. */
  errcode?: number;
  message?: string;
}

/** The meaning of a driver's error; undefined for errors of the statement itself, and of other origins. */
export function failureOf(error: unknown): Failure | undefined {
  const { code = '', errno = 0, errcode = 0, message = '' } = (error ?? {}) as Coded;
  if (Object.hasOwn(failures, errno)) return failures[errno];
  if (errno === ofTheEngine && /\berror:? "?(?:28|122)\b|No space left/i.test(message)) return 'full';
  if (Object.hasOwn(ofTheDriver, code)) return ofTheDriver[code];
  // The message of an error with a number quotes the statement and its values, which callers choose.
  return errno === 0 && errcode === 0 && /closed state|Connection lost/.test(message) ? 'lost' : undefined;
}

/** An error of the storage engine, whose number is in the message. */
const ofTheEngine = 1030;

/** Whether the server has rolled the whole transaction back, or the client has to. */
export const endsTransaction = (error: unknown): boolean =>
  failureOf(error) === 'conflict' || (error as Coded | null | undefined)?.errno === lockTableFull;

const lockTableFull = 1206;
