import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { notFound } from '../../errors.ts';
import type { Clock, Principal } from '../../plugin.ts';
import { jsonType, onlyReading } from '../call/call.ts';
import { dayOf } from '../call/route-document.ts';
import type { Call, Target } from '../call/target.ts';
import type { TargetRegistry } from '../call/target-registry.ts';
import { varyOfCallers } from '../call/vary.ts';
import { docsPage, docsScript } from './docs-shell.ts';
import type { FrontLink } from './front-page.ts';
import { createDocument } from './openapi-document.ts';
import { pageHeaders } from './page-headers.ts';
import { createMemory, type PreparedContent, prepareContent, sendPrepared } from './prepared-content.ts';

export interface DocsPages {
  serve(call: Call): Promise<boolean> | boolean;
}

export interface DocsParts {
  access: 'public' | 'authenticated' | 'off';
  registry: TargetRegistry;
  authenticate: (call: Call) => Promise<Principal> | Principal;
  version: string;
  now: Clock;
}

/** Links to the documentation on `/`, where its page exists. */
export const docsLinks = (access: DocsParts['access']): readonly FrontLink[] =>
  access === 'off'
    ? []
    : [{ path: '/docs', title: 'API documentation', purpose: 'Every call, with an example to try.' }];

interface PageFile {
  readonly type: string;
  /** The content, or the name of a file of Swagger UI. */
  readonly content: string | { readonly file: string };
}

const page: PageFile = { type: 'text/html; charset=utf-8', content: docsPage };
const pageFiles: ReadonlyMap<string, PageFile> = new Map([
  ['/docs', page],
  ['/docs/', page],
  ['/docs/start.js', { type: 'text/javascript; charset=utf-8', content: docsScript }],
  ['/docs/swagger-ui.css', { type: 'text/css; charset=utf-8', content: { file: 'swagger-ui.css' } }],
  ['/docs/swagger-ui-bundle.js', { type: 'text/javascript; charset=utf-8', content: { file: 'swagger-ui-bundle.js' } }],
  ['/docs/favicon-32x32.png', { type: 'image/png', content: { file: 'favicon-32x32.png' } }],
]);

/** Keys of documents of several targets; no target has such a name. */
const allTargets = '(all)';
const localTargets = '(local)';

const ownPath = /^\/(?:openapi(?:\.json|\/[^/]*)|docs(?:\/.*)?)$/;
const documentPath = /^\/openapi(?:\/([^/]+))?\.json$/;

/** Browsers ask each time whether a document has changed: it depends on the targets and on the credentials. */
const documentHeaders = { 'Cache-Control': 'private, no-cache', 'X-Content-Type-Options': 'nosniff' };

/** Restricts the page to scripts, styles, images and connections of this host. Swagger UI needs inline styles. */
const headersOfPage = pageHeaders(
  "script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'",
);

/**
 * `/docs`, `/openapi.json` and `/openapi/<target>.json`. The page and its files have no data and need no credentials;
 * the documents do, unless access is public. Callers without credentials do not see remote targets.
 */
export function createDocsPages({ access, registry, authenticate, version, now }: DocsParts): DocsPages {
  const prepareFile = createFiles();
  const prepareDocument = createDocuments({ registry, version, now });

  async function sendDocument(call: Call, name: string | undefined): Promise<void> {
    call.vary = varyOfCallers;
    if (access === 'authenticated' || call.authorization !== undefined) call.principal = await authenticate(call);
    onlyReading(call);
    const visible = call.principal ? registry.targets : registry.targets.filter(({ upstreams }) => !upstreams);
    const shown = name === undefined ? visible : visible.filter((target) => target.name === name);
    if (name !== undefined && shown.length === 0) throw notFound('There is no such target.');
    const isWhole = shown.length === registry.targets.length;
    await sendPrepared(
      call,
      await prepareDocument(name ?? (isWhole ? allTargets : localTargets), shown),
      documentHeaders,
    );
  }

  async function sendFile(call: Call, file: PageFile): Promise<void> {
    onlyReading(call);
    const caching = typeof file.content === 'string' ? 'no-cache' : 'private, max-age=3600';
    await sendPrepared(call, await prepareFile(call.path, file), { ...headersOfPage, 'Cache-Control': caching });
  }

  /** Strangers get the 401 of any other path, unless the pages are public. */
  async function refuse(call: Call): Promise<never> {
    if (access !== 'public') call.vary = varyOfCallers;
    if (access !== 'public') call.principal = await authenticate(call);
    throw notFound();
  }

  async function answer(call: Call): Promise<boolean> {
    const file = pageFiles.get(call.path);
    const document = documentPath.exec(call.path);
    if (access === 'off') await refuse(call);
    else if (document) await sendDocument(call, document[1]);
    else if (file) await sendFile(call, file);
    else await refuse(call);
    return true;
  }

  return { serve: (call) => ownPath.test(call.path) && answer(call) };
}

/**
 * Documents of the registry's present state and of the present day in UTC, each composed and compressed once. `key` names the
 * targets shown.
 */
function createDocuments({
  registry,
  version,
  now,
}: Pick<DocsParts, 'registry' | 'version' | 'now'>): (
  key: string,
  shown: readonly Target[],
) => Promise<PreparedContent> {
  let of: unknown;
  let today = '';
  let recall = createMemory<PreparedContent>();
  return (key, shown) => {
    const day = dayOf(now());
    if (of !== registry.targets || today !== day(0)) {
      of = registry.targets;
      today = day(0);
      recall = createMemory();
    }
    return recall(key, async () =>
      prepareContent(jsonType, Buffer.from(JSON.stringify(createDocument(shown, version, day)))),
    );
  };
}

// Copied from a package of that name by `npm run swagger-ui`.
const swaggerFolder = join(import.meta.dirname, '..', '..', '..', 'swagger-ui');

/** Files of the page, each read and compressed once. */
function createFiles(): (path: string, file: PageFile) => Promise<PreparedContent> {
  const recall = createMemory<PreparedContent>();
  return (path, { type, content }) =>
    recall(path, async () =>
      prepareContent(
        type,
        typeof content === 'string' ? Buffer.from(content) : await readFile(join(swaggerFolder, content.file)),
      ),
    );
}
