import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import express from 'express';
import { definePlugin, defineRoute, type HandlerRoute, type Plugin, type PluginContext } from '../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../src/testing/index.ts';
import { eventually } from './support/eventually.ts';

const answers = { 200: { description: 'Done.' } };

const withSetup = (setup: Plugin['setup']): Plugin => definePlugin({ name: 'things', apiVersion: 1, setup });

let gateway: TestGateway;

async function start(plugin: Plugin): Promise<void> {
  gateway = await createTestGateway({ plugins: [plugin] });
}

describe('shutdown', () => {
  test('shutdown awaits the requests, then stops repeated work, then runs the hooks once, newest first', async () => {
    const events: string[] = [];
    let entered = (): void => {};
    const isIn = new Promise<void>((resolve) => {
      entered = resolve;
    });
    let runs = 0;
    const setup = ({ onClose, every }: PluginContext) => {
      onClose(() => void events.push('first hook'));
      every(1, async () => {
        runs += 1;
        if (events.length > 0 && events[0] !== 'answered') events.push('run after a hook');
      });
      onClose(async () => void events.push('second hook'));
      const handler: HandlerRoute['handler'] = async (_req, res) => {
        entered();
        await eventually(
          async () =>
            !(await fetch(`${gateway.url}/healthz`).then(
              () => true,
              () => false,
            )),
        );
        events.push('answered');
        res.json({});
      };
      return { routes: [defineRoute({ method: 'GET', path: '/slow', summary: 'Slow', answers, handler })] };
    };
    await start(withSetup(setup));
    await eventually(() => runs >= 2);
    const answer = gateway.request('/slow', { target: 'things', token: await gateway.token() });
    await isIn;
    await Promise.all([gateway.app.close(), gateway.app.close()]);
    assert.equal((await answer).status, 200);
    assert.deepEqual(events, ['answered', 'second hook', 'first hook']);
    await gateway.close();
    assert.equal(events.length, 3);
  });

  test('every hook runs even if one fails, and the failure is reported', async () => {
    let others = 0;
    const count = (): void => {
      others += 1;
    };
    const setup = ({ onClose }: PluginContext) => {
      onClose(count);
      onClose(() => Promise.reject(new Error('stuck')));
      onClose(count);
      return { router: express.Router() };
    };
    await start(withSetup(setup));
    await assert.rejects(gateway.app.close(), /stuck/);
    assert.equal(others, 2);
    await assert.rejects(gateway.close(), /stuck/);
  });

  test('a plugin that fails in setup triggers the hooks of the plugins before it', async () => {
    let closed = 0;
    const good = withSetup(({ onClose }) => {
      onClose(() => {
        closed += 1;
      });
      return { router: express.Router() };
    });
    const bad = definePlugin({ name: 'bad', apiVersion: 1, setup: () => Promise.reject(new Error('no luck')) });
    await assert.rejects(createTestGateway({ plugins: [good, bad] }), /"bad" failed in setup: Error: no luck/);
    assert.equal(closed, 1);
  });

  test('a failed setup is reported even if a hook fails after it', async () => {
    const stuck = withSetup(({ onClose }) => {
      onClose(() => Promise.reject(new Error('stuck')));
      throw new Error('no luck');
    });
    await assert.rejects(createTestGateway({ plugins: [stuck] }), /"things" failed in setup: Error: no luck/);
  });

  test('a closed gateway leaves no resource open', async () => {
    const open = (): string => process.getActiveResourcesInfo().sort().join();
    const before = open();
    await start(
      withSetup(({ every }) => {
        every(1, async () => {});
        return { router: express.Router() };
      }),
    );
    assert.equal((await gateway.request('/healthz')).status, 200);
    assert.notEqual(open(), before);
    await gateway.close();
    await eventually(() => open() === before);
  });
});

describe('repeated work', () => {
  afterEach(() => gateway.close());

  test('repeated work continues after a failure, which is logged, and never overlaps', async () => {
    let runs = 0;
    let atOnce = 0;
    let most = 0;
    const setup = ({ every }: PluginContext) => {
      every(1, async () => {
        runs += 1;
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise((resolve) => setImmediate(resolve));
        atOnce -= 1;
        if (runs === 1) throw new TypeError('oops');
      });
      return { router: express.Router() };
    };
    await start(withSetup(setup));
    await eventually(() => runs >= 4);
    assert.equal(most, 1);
    await gateway.app.foundation.log.flush();
    const lines = gateway.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(lines.some((line) => line.label === 'things' && line.level === 'warn' && line.reason === 'oops'));
  });
});
