import type { ParsedJson, TestAnswer, TestGateway } from '../../../src/testing/index.ts';

/** A page of the gateway's own origin in a browser that keeps the cookies of the session. */
export interface ConsoleBrowser {
  /** The cookie as the browser sends it; undefined: none. */
  cookie: string | undefined;
  /** Calls a route of the session. Keeps its cookie unless `isLost`: the answer does not reach the browser. */
  call(
    method: string,
    path: string,
    body?: unknown,
    how?: { headers?: Headers; isLost?: boolean },
  ): Promise<TestAnswer>;
  signIn(name: string, secret: string): Promise<ParsedJson>;
  /** The renewed session; null: signed out. */
  renew(): Promise<ParsedJson>;
}

type Headers = Record<string, string>;

export function openBrowser(gateway: TestGateway, headers: Headers = {}): ConsoleBrowser {
  const own: Headers = { Origin: gateway.url, 'Sec-Fetch-Site': 'same-origin', ...headers };
  const browser: ConsoleBrowser = {
    cookie: undefined,
    async call(method, path, body, { headers: further, isLost = false } = {}) {
      const cookie: Headers = browser.cookie === undefined ? {} : { Cookie: browser.cookie };
      const sent = { method, body, headers: { ...own, ...cookie, ...further } };
      const answer = await gateway.request(`/console/session${path}`, sent);
      const [set] = answer.headers.getSetCookie();
      if (set !== undefined && !isLost) browser.cookie = isCleared(set) ? undefined : set.split(';')[0];
      return answer;
    },
    signIn: async (name, secret) => (await browser.call('POST', '', { name, secret })).body,
    renew: async () => (await browser.call('POST', '/renew')).body.session,
  };
  return browser;
}

const isCleared = (cookie: string): boolean => /Expires=Thu, 01 Jan 1970/.test(cookie);
