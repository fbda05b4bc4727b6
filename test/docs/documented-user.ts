import { createConnection } from 'mysql2/promise';
import { readDocument } from './documents.ts';

/** The user of a database, with the rights that docs/operations.md names. */
export interface DocumentedUser {
  /** The database's URL with this user. */
  readonly url: URL;
  drop(): Promise<void>;
}

/** Creates the user with the statements of the page. A server whose user may not create users leaves the rights unproved. */
export async function createDocumentedUser(server: string, databaseUrl: URL): Promise<DocumentedUser> {
  const database = databaseUrl.pathname.slice(1);
  // Users of older servers have 32 characters at most.
  const user = database.replace('hookgate', 'hg');
  const [, sql = ''] = /^```sql\n([\s\S]*?)^```$/m.exec(readDocument('docs/operations.md')) ?? [];
  const [, create = '', grant = ''] = sql
    .replaceAll('<password>', database)
    .replaceAll("'hookgate'@", `'${user}'@`)
    .replaceAll('hookgate.*', `${database}.*`)
    .split(';\n');
  const isCreated = await onServer(server, create).then(
    () => true,
    ({ errno }: { errno?: number }) => errno !== notPermitted,
  );
  const url = new URL(databaseUrl);
  if (!isCreated) return { url, drop: async () => undefined };
  await onServer(server, grant);
  url.username = user;
  url.password = database;
  return { url, drop: () => onServer(server, `DROP USER '${user}'@'%'`) };
}

const notPermitted = 1227;

async function onServer(server: string, statement: string): Promise<void> {
  const { hostname: host, port, username, password } = new URL(server);
  const connection = await createConnection({
    host,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  });
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
