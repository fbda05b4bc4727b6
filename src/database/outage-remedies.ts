const remedies: readonly (readonly [codes: RegExp, words: string])[] = [
  [/^ECONNREFUSED$/, 'no server listens there: start it'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'the name of the host cannot be resolved: check DNS'],
  [/^(EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN)$/, 'no way to the host: check the network'],
  [/^(ETIMEDOUT|no answer in time)$/, 'no answer in time: check the server and firewalls'],
  [/^ER_(ACCESS|DBACCESS)_DENIED|^ER_MUST_CHANGE|^ER_ACCOUNT/, 'user or password refused: check DATABASE_URL'],
  [/^ER_(BAD_DB|NO_DB)_ERROR$/, 'the database does not exist: restore it'],
  [
    /^ER_(CON_COUNT|TOO_MANY_USER_CONNECTIONS|USER_LIMIT)/,
    'too many connections: raise its limit or lower DATABASE_POOL_MAX',
  ],
  [
    /^ER_(OPTION_PREVENTS|READ_ONLY|CANT_EXECUTE_IN_READ|INNODB_READ_ONLY)/,
    'the server is read-only: make it or another one writable',
  ],
  [/^(SQLITE_FULL|ER_DISK_FULL|ER_RECORD_FILE_FULL)$/, 'no room: free space on the disk'],
  [/^SQLITE_(IOERR|CANTOPEN|READONLY)$/, 'the files cannot be written: check disk, quota and rights'],
  [/^SQLITE_(CORRUPT|NOTADB)$/, 'the file is damaged: stop, restore the backup'],
  [/^DATABASE_FILE_GONE$/, 'the file was deleted or replaced: stop, put the right file there, start'],
];

/** For the operator: cause and remedy of an outage with this code of the driver. */
export function remedyFor(code: string): string {
  const known = remedies.find(([codes]) => codes.test(code));
  return known?.[1] ?? 'check the server, and its log';
}
