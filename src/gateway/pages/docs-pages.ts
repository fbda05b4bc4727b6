import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ApiError, notFound } from '../../errors.ts';
import type { Principal } from '../../plugin.ts';
import { onlyReading, putHeaders, sendJson } from '../call/call.ts';
import type { Call } from '../call/target.ts';
import type { TargetRegistry } from '../call/target-registry.ts';
import { createDocument } from './openapi-document.ts';

export interface DocsPages {
  serve(call: Call): Promise<boolean> | boolean;
}

export interface DocsParts {
  access: 'public' | 'authenticated' | 'off';
  registry: TargetRegistry;
  authenticate: (call: Call) => Promise<Principal> | Principal;
  version: string;
}

const assets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const ownPath = /^\/(?:openapi(?:\.json|\/[^/]*)|docs(?:\/.*)?)$/;

/** Restricts the page to scripts, styles, images and connections of this host. Swagger UI needs inline styles. */
const pageHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>hookgate API</title>
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<noscript>This page needs JavaScript; the same documentation is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const start = "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null });\n";

/** `/openapi.json`, `/openapi/<target>.json` and `/docs`: public, for authenticated callers, or off. */
export function createDocsPages({ access, registry, authenticate, version }: DocsParts): DocsPages {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const documentOf = (call: Call): unknown => {
    if (call.path === '/openapi.json') return createDocument(registry.targets, version);
    const name = /^\/openapi\/([^/]+)\.json$/.exec(call.path)?.[1];
    const target = name === undefined ? undefined : registry.byName(name);
    return target && createDocument([target], version);
  };

  /** Offers Basic on 401, so that a browser asks its user for name and password. */
  async function authenticating(call: Call): Promise<Principal> {
    try {
      return await authenticate(call);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      const headers = { 'WWW-Authenticate': 'Basic realm="hookgate", charset="UTF-8"' };
      throw new ApiError(error.status, error.code, error.message, { headers, reason: error.reason ?? '' });
    }
  }

  async function answer(call: Call): Promise<boolean> {
    onlyReading(call);
    if (access === 'off') throw notFound();
    if (access === 'authenticated') call.principal = await authenticating(call);
    if (call.path.startsWith('/openapi')) {
      const document = documentOf(call);
      if (!document) throw notFound('There is no such target.');
      sendJson(call, 200, document);
    } else {
      await sendPage(call, folder);
    }
    return true;
  }

  return { serve: (call) => ownPath.test(call.path) && answer(call) };
}

async function sendPage(call: Call, folder: string): Promise<void> {
  const { path, req, res } = call;
  putHeaders(call);
  const name = path.slice('/docs/'.length);
  const type = assets[name];
  if (path === '/docs' || path === '/docs/') {
    res
      .writeHead(200, { ...pageHeaders, 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' })
      .end(page);
  } else if (name === 'start.js') {
    res
      .writeHead(200, { ...pageHeaders, 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-cache' })
      .end(start);
  } else if (type !== undefined && Object.hasOwn(assets, name)) {
    res.writeHead(200, { ...pageHeaders, 'Content-Type': type, 'Cache-Control': 'private, max-age=3600' });
    if (req.method === 'HEAD') res.end();
    else await pipeline(createReadStream(join(folder, name)), res);
  } else {
    throw notFound();
  }
}
