import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { definePlugin, type MeteredSink, type MeteredUse, type Plugin } from '../src/plugin.ts';
import { createReceiver, createTestGateway, type Receiver, type TestGateway } from '../src/testing/index.ts';
import { eventually } from './support/eventually.ts';

const metered = (name: string, sink: MeteredSink, onClose = (): void => {}): Plugin =>
  definePlugin({
    name,
    apiVersion: 1,
    setup(context) {
      context.onMetered(sink);
      context.onClose(onClose);
      return { routes: [] };
    },
  });

describe('metered calls', () => {
  let backend: Receiver;
  let gateway: TestGateway;

  before(async () => {
    backend = await createReceiver();
  });
  after(() => backend.close());
  afterEach(() => gateway.close());

  async function start(...plugins: Plugin[]): Promise<void> {
    const upstreams = [backend.url];
    gateway = await createTestGateway({
      plugins,
      targets: { weather: { upstreams, metering: { product: 'weather' } }, free: { upstreams } },
    });
  }

  const call = async (target: string, client?: string) => {
    const token = await gateway.token({ email: 'Joe@Example.com', ...(client ? { client_id: client } : {}) });
    assert.equal((await gateway.request('/', { target, token })).status, 200);
  };

  const use = { organization: 'test-org', developer: 'joe@example.com', product: 'weather' };

  test('every sink receives all uses, summed up', async () => {
    const [first, second]: MeteredUse[][] = [[], []];
    await start(
      metered('first', async ({ uses }) => void first?.push(...uses)),
      metered('second', async ({ uses }) => void second?.push(...uses)),
    );
    for (const client of ['app', undefined, 'app']) await call('weather', client);
    await call('free', 'app');
    await eventually(() => first?.length && second?.length);
    await gateway.close();
    const ofApplication = (uses: readonly MeteredUse[] | undefined, application: string): number =>
      (uses ?? [])
        .filter((each) => each.application === application)
        .reduce((sum, { count, ...rest }) => {
          assert.deepEqual(rest, { ...use, application });
          return sum + count;
        }, 0);
    for (const uses of [first, second])
      assert.deepEqual([ofApplication(uses, 'app'), ofApplication(uses, '')], [2, 1], JSON.stringify(uses));
  });

  test('the last uses are flushed before the onClose hooks run', async () => {
    const events: string[] = [];
    const sink: MeteredSink = async ({ uses }) => void events.push(`${uses[0]?.count} used`);
    await start(metered('things', sink, () => void events.push('closed')));
    await call('weather');
    await gateway.close();
    assert.deepEqual(events, ['1 used', 'closed']);
  });

  test('a sink that fails or never answers neither fails nor delays a call', async () => {
    let asked = 0;
    await start(
      metered('failing', () => {
        asked += 1;
        throw new Error('no luck');
      }),
      metered('silent', () => {
        asked += 1;
        return new Promise(() => {});
      }),
    );
    await call('weather');
    await eventually(() => asked >= 2);
    await call('weather');
    await gateway.close();
    const lost = gateway.log.find((line) => line.includes('metered uses lost'));
    assert.equal(JSON.parse(lost ?? '{}').uses, 4);
  });
});
