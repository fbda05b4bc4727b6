import { notFound, pagesUnavailable } from '../../errors.ts';
import type { Logger, PluginPages } from '../../plugin.ts';
import { onlyReading, putHeaders, redirect } from '../call/call.ts';
import type { Call } from '../call/target.ts';
import { mergeVary } from '../call/vary.ts';
import type { FrontPages } from './front-page.ts';
import { indexFile, type PageFolder, readPageFolder, stateOf } from './page-folder.ts';
import { assetHeaders, pageHeaders } from './page-headers.ts';
import { hasContentHash, isFileName, mediaTypeOf } from './page-types.ts';
import { htmlType, plainPageHeaders, toPlainPage } from './plain-page.ts';
import { createMemory, type PreparedContent, prepareContent, sendPrepared } from './prepared-content.ts';
import { prefersHtml, takesHtml } from './weights.ts';

/** Pages of a plugin, served from memory. */
export interface ServedPages extends FrontPages {
  readonly isFront: boolean;
  /** Reads the folder for the first time. Never rejects: without the folder, the log has the reason and calls are answered 503. */
  open(): Promise<void>;
  /** Answers a call below the prefix. Rejects with an error for the error handler. */
  serve(call: Call): Promise<void>;
}

export interface PagesParts {
  readonly pages: PluginPages;
  /** Absolute. */
  readonly folder: string;
  readonly logger: Logger;
}

interface Content extends PageFolder {
  readonly recall: (key: string, make: () => Promise<PreparedContent>) => Promise<PreparedContent>;
}

/** A rebuilt folder is noticed by the calls after this time. */
const lookEveryMs = 1000;

const yearSeconds = 365 * 86_400;

/** Pages below a prefix. Nothing of a call reaches the file system: paths are looked up among the files that were read. */
export function createPluginPages({ pages, folder, logger }: PagesParts): ServedPages {
  const { prefix, isFront = false } = pages;
  const ofDocuments = pageHeaders(policyOf(pages));
  const ofAssets = assetHeaders(ofDocuments);
  const lookNow = createLook({ pages, folder, logger });

  async function serve(call: Call): Promise<void> {
    onlyReading(call);
    if (call.path === prefix) return redirect(call, 308, `${prefix}/${call.query === '' ? '' : `?${call.query}`}`);
    const content = await lookNow();
    if (!content) return refuse(call);
    const name = nameOf(call, call.path.slice(prefix.length + 1), content);
    const file = content.files.get(name);
    if (!file) throw notFound('There is no such page.');
    const type = mediaTypeOf(name);
    const prepare = () => prepareContent(type, file.bytes, file.compressed);
    const headers = /^text\/(?:css|javascript)/.test(type) ? ofAssets : ofDocuments;
    await sendPrepared(call, await content.recall(name, prepare), { ...headers, 'Cache-Control': cachingOf(name) });
  }

  return {
    prefix,
    isFront,
    areInstalled: async () => (await lookNow()) !== undefined,
    open: async () => void (await lookNow()),
    serve,
  };
}

/** Scripts, styles, images, fonts and calls of this host alone; text becomes markup through the declared policies alone. */
function policyOf({ trustedTypes = [] }: PluginPages): string {
  const names = trustedTypes.length > 0 ? trustedTypes.join(' ') : "'none'";
  return `script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; require-trusted-types-for 'script'; trusted-types ${names}`;
}

const cachingOf = (name: string): string =>
  hasContentHash(name) ? `public, max-age=${yearSeconds}, immutable` : 'no-cache';

/** Returns the content of the folder, of now or of a second ago; undefined as long as it could not be read. */
function createLook({ pages, folder, logger }: PagesParts): () => Promise<Content | undefined> {
  let content: Content | undefined;
  let problem: string | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    try {
      if (content && (await stateOf(folder, content.folders)) === content.state) return;
    } catch {
      // A folder or `index.html` is gone: the read below tells what is missing.
    }
    try {
      const read = await readPageFolder(folder);
      if (content || problem) logger.info('pages replaced', { folder, files: read.files.size });
      content = { ...read, recall: createMemory() };
      problem = undefined;
    } catch (error) {
      const reason = reasonOf(error as NodeJS.ErrnoException);
      if (reason !== problem) warn(reason);
      problem = reason;
    }
  }

  /** Pages that were read stay: a build may be replacing the folder at this moment. */
  function warn(reason: string): void {
    if (content) logger.warn('pages cannot be read again, the old ones stay', { folder, reason });
    else logger.warn('pages are missing', { prefix: pages.prefix, folder, reason, remedy: pages.remedy ?? ownRemedy });
  }

  return async () => {
    if (!looking && performance.now() - lookedAt >= lookEveryMs)
      looking = look().finally(() => {
        lookedAt = performance.now();
        looking = undefined;
      });
    await looking;
    return content;
  };
}

const ownRemedy = 'Build the pages into the folder; they are served without a restart.';

const reasonOf = ({ code, message }: NodeJS.ErrnoException): string =>
  code === 'ENOENT' ? 'there is no such folder' : message;

/** The file that a path below the prefix asks for: itself, the index of a folder, or the page that reads the path itself. */
function nameOf(call: Call, path: string, { files }: Content): string {
  const name = decode(path);
  const own = name === '' || name.endsWith('/') ? `${name}${indexFile}` : name;
  if (files.has(own)) return own;
  if (isFileName(name) || /(?:^|\/)\./.test(name)) return own;
  call.vary = mergeVary(call.vary, 'Accept');
  return takesHtml(String(call.req.headers.accept ?? '')) ? indexFile : own;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw notFound('There is no such page.');
  }
}

/** 503: a page for people, or JSON. */
function refuse(call: Call): void {
  const problem = pagesUnavailable('the pages are missing');
  call.vary = mergeVary(call.vary, 'Accept');
  if (!prefersHtml(String(call.req.headers.accept ?? ''))) throw problem;
  call.failureCode = problem.code;
  call.failure = problem.reason;
  const bytes = Buffer.from(toPlainPage(`<h1>hookgate</h1>\n<p>${problem.message}</p>`));
  putHeaders(call);
  const length = { 'Content-Type': htmlType, 'Content-Length': String(bytes.length) };
  call.res.writeHead(503, { ...plainPageHeaders, 'Cache-Control': 'no-store', ...length });
  call.res.end(call.req.method === 'HEAD' ? undefined : bytes);
}
