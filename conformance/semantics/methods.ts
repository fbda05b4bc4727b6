import { type Check, demand } from '../check.ts';
import { headerOf } from '../client.ts';
import type { Lab } from '../lab.ts';
import type { Arrived } from '../recording-backend.ts';

const body = 'hello';

/** The single request that reached the backend with this target. */
export function arrivedAt({ backend }: Lab, target: string): Arrived {
  const found = backend.arrived.filter((request) => request.target === target);
  demand('requests at the backend', found.length, 1);
  return found[0] as Arrived;
}

const withMethod = (method: string, lines: readonly string[], sent: string): Check => ({
  name: `${method}${sent === '' ? '' : ' with a body'}`,
  run: async (lab) => {
    const target = lab.path('/a%20b;c=d?e=f&g');
    const answer = await lab.call({ method, target, lines, body: sent });
    demand('status', answer.status, 200);
    demand('answer', answer.text, method === 'HEAD' ? '' : `${method} ${target}`);
    const request = arrivedAt(lab, target);
    demand('method', request.method, method);
    demand('body', request.body.toString(), sent);
    return 'passed on';
  },
});

const length = [`Content-Length: ${body.length}`];
const type = 'Content-Type: text/plain';

const withStatus = (status: number): Check => ({
  name: `status ${status}`,
  run: async (lab) => {
    const target = lab.path();
    lab.backend.behave(target, async ({ whole, socket }) => {
      await whole;
      socket.write(`HTTP/1.1 ${status} Odd Reason\r\nContent-Length: 5\r\nX-Note: a\r\n\r\n${body}`);
    });
    const answer = await lab.call({ target });
    demand('status', answer.status, status);
    demand('body', answer.text, body);
    demand('X-Note', headerOf(answer, 'x-note'), 'a');
    return 'passed on';
  },
});

const headers: Check = {
  name: 'response headers, including repeated names',
  run: async (lab) => {
    const target = lab.path();
    lab.backend.behave(target, async ({ whole, socket }) => {
      await whole;
      const lines = ['Set-Cookie: a=1', 'ETag: "x"', 'Set-Cookie: b=2', 'Cache-Control: max-age=5', 'Location: /a?b#c'];
      socket.write(`HTTP/1.1 201 Created\r\n${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`);
    });
    const answer = await lab.call({ target });
    demand('Set-Cookie', headerOf(answer, 'set-cookie'), 'a=1, b=2');
    demand('ETag', headerOf(answer, 'etag'), '"x"');
    demand('Cache-Control', headerOf(answer, 'cache-control'), 'max-age=5');
    demand('Location', headerOf(answer, 'location'), '/a?b#c');
    return 'passed on';
  },
};

const requestHeaders: Check = {
  name: 'request headers, in their order',
  run: async (lab) => {
    const target = lab.path();
    const lines = ['X-Note: a', 'Accept: text/*;q=0.5, */*', 'X-Note: b', 'Cookie: a=1; b=2', 'X-Note: c'];
    await lab.call({ target, lines });
    const request = arrivedAt(lab, target);
    demand('X-Note', headerOf(request, 'x-note'), 'a, b, c');
    demand('Accept', headerOf(request, 'accept'), 'text/*;q=0.5, */*');
    demand('Cookie', headerOf(request, 'cookie'), 'a=1; b=2');
    return 'passed on';
  },
};

const head: Check = {
  name: 'HEAD gets the headers of GET without a body, and the connection stays usable',
  run: async (lab) => {
    const target = lab.path();
    const client = await lab.open(['HEAD']);
    client.write(lab.request({ method: 'HEAD', target }));
    const answer = await client.answer(1, lab.patienceMs);
    demand('Content-Length', headerOf(answer, 'content-length'), String(`HEAD ${target}`.length));
    client.write(lab.request({ target }));
    demand('next answer', (await client.answer(2, lab.patienceMs)).text, `GET ${target}`);
    await client.leave(lab.patienceMs);
    return 'passed on';
  },
};

const oddTypes: Check = {
  name: 'content types as clients spell them',
  run: async (lab) => {
    for (const type of [
      'application/json;charset=UTF8',
      'application/json;',
      'application/merge-patch+json',
      'TEXT/x',
    ]) {
      const target = lab.path();
      await lab.call({ method: 'POST', target, lines: [`Content-Type: ${type}`, 'Content-Length: 2'], body: '{}' });
      demand('Content-Type', headerOf(arrivedAt(lab, target), 'content-type'), type);
    }
    return 'passed on';
  },
};

const rawRequestHeaders: Check = {
  name: 'non-ASCII bytes in request headers',
  run: async (lab) => {
    const target = lab.path();
    const value = 'attachment; filename="caf\xe9 \xc3\xa9"';
    await lab.call({ target, lines: [`X-Name: ${value}`, `Content-Disposition: ${value}`] });
    const request = arrivedAt(lab, target);
    demand('X-Name', headerOf(request, 'x-name'), value);
    demand('Content-Disposition', headerOf(request, 'content-disposition'), value);
    return 'passed on';
  },
};

/** Methods, statuses and headers pass unchanged. */
export const methods: readonly Check[] = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => withMethod(method, [], '')),
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY'].map((method) => withMethod(method, [...length, type], body)),
  head,
  ...[200, 201, 202, 203, 206, 207, 226, 299, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 409, 410, 416].map(
    withStatus,
  ),
  ...[418, 422, 429, 451, 499, 500, 501, 505, 507, 511, 599].map(withStatus),
  headers,
  requestHeaders,
  rawRequestHeaders,
  oddTypes,
];
