import { notFound } from '../../errors.ts';
import { redirect } from '../call/call.ts';
import type { Call } from '../call/target.ts';
import { mergeVary } from '../call/vary.ts';
import { htmlType, plainPageHeaders, toPlainPage } from './plain-page.ts';
import { createMemory, type PreparedContent, prepareContent, sendPrepared } from './prepared-content.ts';
import { prefersHtml } from './weights.ts';

/** A link of the page, with its purpose. */
export interface FrontLink {
  readonly path: string;
  readonly title: string;
  readonly purpose: string;
}

/** Pages of a plugin that take the place of the front page, while they are installed. */
export interface FrontPages {
  readonly prefix: string;
  areInstalled(): Promise<boolean>;
}

/** Answers a GET or HEAD of `/`. Throws `NOT_FOUND` for clients that do not prefer HTML. */
export type FrontPage = (call: Call) => Promise<boolean>;

/** `/` for people: name, version and links, or the way to the pages of a plugin. All other clients get 404. */
export function createFrontPage(version: string, links: readonly FrontLink[], pages?: FrontPages): FrontPage {
  const recall = createMemory<PreparedContent>();
  const prepare = () => prepareContent(htmlType, Buffer.from(toPage(version, links)));
  return async (call) => {
    call.vary = mergeVary(call.vary, 'Accept');
    if (!prefersHtml(String(call.req.headers.accept ?? ''))) throw notFound();
    if (pages && (await pages.areInstalled())) redirect(call, 302, `${pages.prefix}/`);
    else await sendPrepared(call, await recall('/', prepare), plainPageHeaders);
    return true;
  };
}

const toPage = (version: string, links: readonly FrontLink[]): string =>
  toPlainPage(`<h1>hookgate</h1>
<p>Version ${version}</p>
<nav aria-label="Pages of the gateway">
<ul>
${links.map(({ path, title, purpose }) => `<li><a href="${path}">${title}</a>${purpose}</li>`).join('\n')}
</ul>
</nav>`);
