import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { StartError } from '../errors.ts';

/**
 * Copies an embedded database to `target`, also while a server writes to it: the copy has the state of one moment. The
 * target appears only when its content is verified and on the disk. Resolves to its size in bytes. Throws `StartError`.
 */
export async function backUpSqlite(file: string, target: string, options: { force: boolean }): Promise<number> {
  checkTarget(file, target, options);
  removeLeftovers(target);
  const draft = `${target}.${process.pid}.partial`;
  try {
    closeSync(openSync(draft, 'wx', 0o600));
    await copy(file, draft);
    verify(draft);
    sync(draft);
    checkTarget(file, target, options);
    renameSync(draft, target);
  } catch (error) {
    for (const path of filesOf(draft)) rmSync(path, { force: true });
    throw explain(error, target);
  }
  sync(dirname(target));
  return statSync(target).size;
}

function checkTarget(file: string, target: string, { force }: { force: boolean }): void {
  const folder = dirname(target);
  if (!existsSync(folder)) throw new StartError(`The folder ${folder} does not exist. Create it first.`);
  const [own, place] = [realpathSync(file), join(realpathSync(folder), basename(target))];
  // Also the place of a link that leads to the database: the gateway opens it by this name.
  const isOwn = existsSync(target) && isSameFile(own, target);
  if (isOwn || filesOf(own).includes(place))
    throw new StartError(`${target} belongs to the running database. Choose another file.`);
  if (!existsSync(target)) return;
  if (!statSync(target).isFile()) throw new StartError(`${target} is no file. Choose another name.`);
  if (!force) throw new StartError(`${target} exists. Choose another file, or replace it with --force.`);
  // A key file or settings, given by mistake, stay.
  if (!isDatabase(target)) throw new StartError(`${target} is no SQLite database: --force replaces backups only.`);
}

function isSameFile(one: string, other: string): boolean {
  const [{ dev, ino }, stats] = [statSync(one, { bigint: true }), statSync(other, { bigint: true })];
  return dev === stats.dev && ino === stats.ino;
}

function isDatabase(path: string): boolean {
  const head = Buffer.alloc(magic.length);
  const handle = openSync(path, 'r');
  try {
    readSync(handle, head, 0, head.length, 0);
  } finally {
    closeSync(handle);
  }
  return head.toString('latin1') === magic;
}

const magic = 'SQLite format 3\0';

/** A database and the files that SQLite and the server keep beside it. */
const filesOf = (file: string): string[] =>
  ['', '-wal', '-shm', '-journal', '.server', '.server-journal'].map((end) => `${file}${end}`);

async function copy(file: string, draft: string): Promise<void> {
  const source = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
  try {
    // A transaction keeps the state of this moment. Without it, each write of a server starts the copy anew.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_master').get();
    await backup(source, draft, { rate: pagesAtOnce });
  } finally {
    source.close();
  }
}

const busyTimeoutMs = 5000;
/** 4 MiB with pages of the usual size. */
const pagesAtOnce = 1000;

/** Makes the copy a single file without a write-ahead log, and checks each of its pages. */
function verify(draft: string): void {
  const copied = new DatabaseSync(draft);
  try {
    copied.exec('PRAGMA journal_mode = DELETE');
    const [row] = copied.prepare('PRAGMA integrity_check(1)').all();
    const found = Object.values(row ?? {})[0];
    if (found !== 'ok')
      throw new StartError(`The copy is damaged, and so probably the database: ${found}. Nothing was kept.`);
  } finally {
    copied.close();
  }
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Removes drafts of runs that were killed. */
function removeLeftovers(target: string): void {
  const start = `${basename(target)}.`;
  for (const name of readdirSync(dirname(target))) {
    const [, pid] =
      /^(\d+)\.partial(?:-wal|-shm|-journal)?$/.exec(name.startsWith(start) ? name.slice(start.length) : '') ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(resolve(dirname(target), name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const sqliteFull = 13;
const sqliteIo = 10;

function explain(error: unknown, target: string): unknown {
  const { errcode, code, syscall, message } = error as NodeJS.ErrnoException & { errcode?: number };
  const primary = (errcode ?? 0) & 0xff;
  if (primary === sqliteFull || code === 'ENOSPC')
    return new StartError(`There is no room for ${target}: the disk is full. Nothing was kept.`);
  if (primary === sqliteIo)
    return new StartError(`${target} cannot be written (SQLite error ${errcode}: ${message}). Nothing was kept.`);
  if (syscall !== undefined) return new StartError(`${target} cannot be written (${code}). Choose another folder.`);
  return error;
}
