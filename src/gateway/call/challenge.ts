import type { IncomingMessage } from 'node:http';

const basic = 'Basic realm="hookgate", charset="UTF-8"';

/** Media ranges that include HTML. Without `Accept`, and by default in scripts of pages, every type is taken. */
const includesHtml = /html|\*\/\*|text\/\*|(?:^|[\s,])\*(?:$|[\s,;])/i;

/** Headers that browsers send and that a page cannot remove. */
const ofBrowsers = ['sec-fetch-site', 'sec-fetch-dest', 'sec-ch-ua', 'origin', 'referer'];

/**
 * Adds Basic to the `challenge` of a 401 for clients that take no HTML and do not look like a browser. After such an
 * offer a browser asks its user for name and password, and sends both with every later request to this origin, also
 * with requests of other sites' pages.
 */
export const toChallenge = (challenge: string, { headers }: IncomingMessage): string =>
  !challenge.startsWith('Bearer') || mayBeBrowser(headers) ? challenge : `${challenge}, ${basic}`;

function mayBeBrowser(headers: IncomingMessage['headers']): boolean {
  const { accept = '', 'user-agent': agent = '' } = headers;
  if (accept === '' || includesHtml.test(accept) || /mozilla/i.test(agent)) return true;
  return ofBrowsers.some((name) => headers[name] !== undefined);
}
