import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { errorCatalogue } from '../../../src/errors.ts';
import type { TestAnswer } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type IntegrationGateway, startIntegration } from '../../support/integration-gateway.ts';
import { basic } from './distributor-client.ts';

interface Resource {
  readonly path: string;
  /** A change, different for each number. */
  readonly change: (number: number) => object;
  readonly methods: readonly string[];
  readonly isDeletable: boolean;
}

const kinds = ['distributor', 'webhook', 'settings of a distributor', 'settings of a webhook'] as const;

onEveryEngine('entity tags', ({ serverUrl }) => {
  let integration: IntegrationGateway;
  let token: string;
  let created = 0;

  before(async () => {
    integration = await startIntegration(serverUrl);
    token = await integration.gateway.token({ scope: 'integration:read integration:write' });
  });
  after(() => integration.close());

  const call = (path: string, request: object = {}): Promise<TestAnswer> =>
    integration.gateway.request(path, { target: 'integration', token, ...request });
  const change = (path: string, method: string, body: object | undefined, match?: string): Promise<TestAnswer> =>
    call(path, { method, ...(body ? { body } : {}), headers: match === undefined ? {} : { 'If-Match': match } });
  const tagOf = (answer: TestAnswer): string => answer.headers.get('etag') ?? assert.fail(`no ETag: ${answer.text}`);

  async function create(kind: (typeof kinds)[number]): Promise<Resource> {
    created += 1;
    const settings = {
      change: (number: number) => ({ timeout_ms: 1000 + number }),
      methods: ['PUT'],
      isDeletable: false,
    };
    if (kind === 'distributor' || kind === 'settings of a distributor') {
      const path = `/api/v1/integration/distributors/${await integration.createDistributor()}`;
      if (kind !== 'distributor') return { path: `${path}/delivery`, ...settings };
      const meta = { host: integration.receiver.url, authentication: basic };
      return {
        path,
        change: (number) => ({ meta: { ...meta, path: `/${number}` } }),
        methods: ['PUT'],
        isDeletable: true,
      };
    }
    const base = '/v1/mint/organizations/test-org/webhooks';
    const body = { name: `webhook ${created}`, postURL: `${integration.receiver.url}/hook` };
    const path = `${base}/${(await call(base, { body })).body.id}`;
    if (kind !== 'webhook') return { path: `${path}/delivery`, ...settings };
    return {
      path,
      change: (number) => ({ postURL: `${integration.receiver.url}/${number}` }),
      methods: ['PUT', 'POST'],
      isDeletable: true,
    };
  }

  function assertFailed(answer: TestAnswer, path: string): void {
    assert.equal(answer.status, errorCatalogue.PRECONDITION_FAILED, answer.text);
    const code = path.startsWith('/v1/') ? answer.body.code : answer.body.error.code;
    assert.equal(code, path.startsWith('/v1/') ? 'mint.preconditionFailed' : 'PRECONDITION_FAILED');
  }

  for (const kind of kinds) {
    test(`${kind}: GET and changes have the tag of the representation, and 304 answers a known one`, async () => {
      const { path, change: body, methods } = await create(kind);
      const first = await call(path);
      assert.match(tagOf(first), /^"[\w-]{27}"$/);
      for (const [number, method] of methods.entries()) {
        const changed = await change(path, method, body(number));
        assert.equal(changed.status, 200, changed.text);
        const read = await call(path);
        assert.equal(tagOf(changed), tagOf(read));
        assert.notEqual(tagOf(read), tagOf(first));
        for (const known of [tagOf(read), `"a", W/${tagOf(read)}`, '*']) {
          const unchanged = await call(path, { headers: { 'If-None-Match': known } });
          assert.deepEqual([unchanged.status, unchanged.text, tagOf(unchanged)], [304, '', tagOf(read)], known);
        }
        for (const known of [tagOf(first), 'a', '"'])
          assert.equal((await call(path, { headers: { 'If-None-Match': known } })).status, 200, known);
      }
    });

    test(`${kind}: a change with an outdated tag is refused and changes nothing`, async () => {
      const { path, change: body, methods, isDeletable } = await create(kind);
      const outdated = tagOf(await call(path));
      for (const [number, method] of methods.entries()) {
        const changed = await change(path, method, body(number), tagOf(await call(path)));
        assert.equal(changed.status, 200, changed.text);
        const tag = tagOf(changed);
        for (const match of [outdated, `W/${tag}`, `"a", ${outdated}`, '"*"', '""'])
          assertFailed(await change(path, method, body(99), match), path);
        if (isDeletable) assertFailed(await change(path, 'DELETE', undefined, outdated), path);
        for (const match of ['a', `${tag} ${tag}`, tag.slice(1), '*, "a"', ''])
          assert.equal((await change(path, method, body(99), match)).status, 400, match);
        assert.equal(tagOf(await call(path)), tag);
        for (const [at, match] of [tag, `"a" , ${tag}`, '*'].entries()) {
          const again = at === 0 ? match : match.replace(tag, tagOf(await call(path)));
          assert.equal((await change(path, method, body(10 * number + at + 1), again)).status, 200, match);
        }
      }
      if (isDeletable) {
        assert.equal((await change(path, 'DELETE', undefined, tagOf(await call(path)))).status, 204);
        assert.equal((await change(path, 'DELETE', undefined, '*')).status, 404);
      }
    });

    test(`${kind}: of concurrent changes with one tag, one is made`, async () => {
      const { path, change: body } = await create(kind);
      const tag = tagOf(await call(path));
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, number) => change(path, 'PUT', body(number), tag)),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412, 412, 412, 412]);
    });
  }

  test('a change of masked values alone has another tag, also without time passing; no change has the same', async () => {
    integration.gateway.clock.set(new Date('2026-01-01T00:00:00Z'));
    const { path, change: body } = await create('distributor');
    const changed = body(1) as { meta: object };
    const one = await change(path, 'PUT', changed);
    const authentication = { ...basic, password: 'another' };
    const other = await change(path, 'PUT', { meta: { ...changed.meta, authentication } });
    assert.notEqual(tagOf(one), tagOf(other));
    const settings = `${path}/delivery`;
    const put = async (value: string) => tagOf(await change(settings, 'PUT', { headers: { 'X-Key': value } }));
    const tags = [await put('one'), await put('other'), await put('********'), await put('other')];
    assert.notEqual(tags[0], tags[1]);
    assert.deepEqual(tags.slice(2), [tags[1], tags[1]]);
    await change(settings, 'PUT', {});
    assert.ok(!tags.includes(await put('one')));
  });

  test('a created resource has its tag, and a repeated call has the first answer with its tag', async () => {
    const meta = { host: integration.receiver.url, path: '/hook', authentication: basic };
    const path = '/api/v1/integration/distributors/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c';
    const made = await call(path, { body: { meta } });
    assert.equal(tagOf(made), tagOf(await call(String(made.headers.get('location')))));
    const webhook = await create('webhook');
    const headers = { 'Idempotency-Key': 'once', 'If-Match': tagOf(await call(webhook.path)) };
    const once = () => call(webhook.path, { method: 'POST', body: { enabled: true }, headers });
    const [first, repeated] = [await once(), await once()];
    assert.deepEqual([first.status, repeated.status], [200, 200], repeated.text);
    assert.deepEqual([repeated.body, tagOf(repeated)], [first.body, tagOf(first)]);
  });
});
