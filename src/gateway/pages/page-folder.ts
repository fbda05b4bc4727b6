import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Compressed } from './prepared-content.ts';

/** A file of the folder, with the compressed forms beside it (`app.js.br`, `app.js.gz`). */
export interface PageFile {
  readonly bytes: Buffer;
  readonly compressed: Compressed;
}

/** The content of a folder at one moment, by path below it with `/`. */
export interface PageFolder {
  readonly files: ReadonlyMap<string, PageFile>;
  /** Changes when a file is added, replaced or removed. */
  readonly state: string;
  readonly folders: readonly string[];
}

export const indexFile = 'index.html';

/** Bounds of the work and the memory of a process. */
const mostEntries = 2000;
const mostBytes = 32 * 1024 * 1024;

/**
 * Reads a folder of pages. Names that start with a dot are left out, and links are not followed: nothing outside of the folder is
 * served. Rejects with a reason in words if it has no `index.html` or is too large.
 */
export async function readPageFolder(root: string): Promise<PageFolder> {
  const { folders, names } = await list(root);
  if (!names.includes(indexFile)) throw new Error(`it has no file ${indexFile}`);
  // Before the content: a change in between is noticed by the next look.
  const state = await stateOf(root, folders);
  const contents = new Map<string, Buffer>();
  let size = 0;
  for (const name of names) {
    const path = join(root, name);
    size += (await lstat(path)).size;
    if (size > mostBytes) throw new Error(`it has more than ${mostBytes / 1024 / 1024} MiB`);
    contents.set(name, await readFile(path));
  }
  return { files: withCompressed(contents), state, folders };
}

/** A text that changes with the folder: times and numbers of its folders and of `index.html`, which names all other files. */
export async function stateOf(root: string, folders: readonly string[]): Promise<string> {
  const all = await Promise.all([...folders, indexFile].map((name) => stat(join(root, name), { bigint: true })));
  return all.map(({ ino, mtimeNs, size }) => `${ino} ${mtimeNs} ${size}`).join(', ');
}

/** Names of folders and files below `root`; the first folder is `root` itself, the empty name. */
async function list(root: string): Promise<{ folders: string[]; names: string[] }> {
  const folders = [''];
  const names: string[] = [];
  for (const folder of folders) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(name);
      if (entry.isFile()) names.push(name);
      if (folders.length + names.length > mostEntries) throw new Error(`it has more than ${mostEntries} files`);
    }
  }
  return { folders, names };
}

/** The files, except the ones that are a compressed form of another. */
function withCompressed(contents: ReadonlyMap<string, Buffer>): Map<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const [name, bytes] of contents) {
    const [, original = ''] = /^(.+)\.(?:br|gz)$/.exec(name) ?? [];
    if (contents.has(original)) continue;
    const [br, gzip] = [contents.get(`${name}.br`), contents.get(`${name}.gz`)];
    files.set(name, { bytes, compressed: { ...(br ? { br } : {}), ...(gzip ? { gzip } : {}) } });
  }
  return files;
}
