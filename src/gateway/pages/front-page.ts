import { hash } from 'node:crypto';
import { notFound } from '../../errors.ts';
import type { Call } from '../call/target.ts';
import { mergeVary } from '../call/vary.ts';
import { pageHeaders } from './page-headers.ts';
import { createMemory, type PreparedContent, prepareContent, sendPrepared } from './prepared-content.ts';
import { weightsIn } from './weights.ts';

/** A link of the page, with its purpose. */
export interface FrontLink {
  readonly path: string;
  readonly title: string;
  readonly purpose: string;
}

/** Answers a GET or HEAD of `/`. Throws `NOT_FOUND` for clients that do not prefer HTML. */
export type FrontPage = (call: Call) => Promise<boolean>;

const type = 'text/html; charset=utf-8';

/** `/` for people: name, version and links. All other clients get 404. */
export function createFrontPage(version: string, links: readonly FrontLink[]): FrontPage {
  const headers = {
    ...pageHeaders(`style-src 'sha256-${hash('sha256', style, 'base64')}'; img-src data:`),
    'Cache-Control': 'no-cache',
  };
  const recall = createMemory<PreparedContent>();
  const prepare = () => prepareContent(type, Buffer.from(toPage(version, links)));
  return async (call) => {
    call.vary = mergeVary(call.vary, 'Accept');
    if (!prefersHtml(String(call.req.headers.accept ?? ''))) throw notFound();
    await sendPrepared(call, await recall('/', prepare), headers);
    return true;
  };
}

/**
 * Whether HTML has a higher weight than JSON in `Accept` (RFC 9110 12.5.1), as in the header of every browser. Equal weights,
 * such as the one range of all types that curl sends, and a missing header select JSON.
 */
function prefersHtml(accepted: string): boolean {
  const weights = weightsIn(accepted);
  const weightOf = (type: string, range: string): number =>
    weights.get(type) ?? weights.get(range) ?? weights.get('*/*') ?? 0;
  return weightOf('text/html', 'text/*') > weightOf('application/json', 'application/*');
}

const style = `
:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#fff, #16181d); color: light-dark(#1c1e21, #e8eaed); }
main { max-width: 36rem; margin: 0 auto; padding: 12vh 1.25rem 2rem; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; }
p { margin: 0.25rem 0 2rem; color: light-dark(#5f6368, #a8adb5); }
ul { margin: 0; padding: 0; list-style: none; border-top: 1px solid light-dark(#dadce0, #3c4043); }
li { padding: 0.75rem 0; border-bottom: 1px solid light-dark(#dadce0, #3c4043); }
a { display: block; font-weight: 600; color: light-dark(#0b57d0, #8ab4f8); }
`;

const toPage = (version: string, links: readonly FrontLink[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>hookgate</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<h1>hookgate</h1>
<p>Version ${version}</p>
<nav aria-label="Pages of the gateway">
<ul>
${links.map(({ path, title, purpose }) => `<li><a href="${path}">${title}</a>${purpose}</li>`).join('\n')}
</ul>
</nav>
</main>
</body>
</html>
`;
