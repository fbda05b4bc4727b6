import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

const planted: readonly [path: string, specifier: string][] = [
  ['src/database/planted.ts', '../dispatcher/dispatcher.ts'],
  ['src/outgoing/planted.ts', '../proxy/open-proxy.ts'],
  ['src/client/planted.ts', '../gateway/gateway.ts'],
  ['src/client/planted-node.ts', 'node:crypto'],
  ['src/lifecycle/planted.ts', '../database/database.ts'],
  ['src/dispatcher/model/planted.ts', '../store/claim.ts'],
  ['src/dispatcher/sending/planted.ts', '../store/claim.ts'],
  ['src/dispatcher/store/planted.ts', '../sending/sender.ts'],
  ['src/dispatcher/worker/planted.ts', '../deliveries/delivery-log.ts'],
  ['src/dispatcher/deliveries/planted.ts', '../worker/worker.ts'],
  ['src/dispatcher/planted.ts', '../gateway/gateway.ts'],
  ['src/gateway/call/planted.ts', '../caller/authenticate.ts'],
  ['src/gateway/routes/planted.ts', '../../dispatcher/dispatcher.ts'],
  ['src/proxy/headers/planted.ts', '../forwarding/forward.ts'],
  ['src/proxy/planted.ts', '../dispatcher/dispatcher.ts'],
  ['src/plugin-kit/planted.ts', '../gateway/gateway.ts'],
  ['src/cli/planted.ts', '../testing/index.ts'],
  ['src/planted.ts', '../plugins/integration/index.ts'],
  ['src/gateway/planted.ts', '../../test/support/eventually.ts'],
  ['plugins/planted/index.ts', '../../src/app.ts'],
  ['plugins/console/web/src/session/planted.ts', '../api/api.tsx'],
  ['plugins/console/web/src/format/planted.ts', '../ui/button.tsx'],
  ['plugins/console/web/src/api/planted.ts', '../ui/button.tsx'],
  ['plugins/console/web/src/ui/planted.tsx', '../api/api.tsx'],
  ['plugins/console/web/src/endpoints/planted.tsx', '../pages/webhooks/webhook-list.tsx'],
  ['plugins/console/web/src/pages/webhooks/planted.tsx', '../overview/panel.tsx'],
  ['plugins/console/web/src/pages/targets/planted.tsx', '../../app/header.tsx'],
  ['plugins/console/web/src/pages/rate-plans/plans/planted.tsx', '../../overview/panel.tsx'],
];

/** A circle of two files that import each other's types only. */
const circle = [
  ['src/clock-one.ts', "import type { Two } from './clock-two.ts';\n\nexport type One = Two | string;\n"],
  ['src/clock-two.ts', "import type { One } from './clock-one.ts';\n\nexport type Two = One[];\n"],
] as const;

describe('the walls between rooms', () => {
  let folder: string;
  /** Broken lint rules by file, of a tree with the project's lint rules and the planted files alone. */
  const broken = new Map<string, string[]>();

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hookgate-walls-'));
    copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'));
    const files = [
      ...planted.map(([path, specifier]) => [path, `export type { Planted } from '${specifier}';\n`] as const),
      ...circle,
    ];
    for (const [path, source] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), source);
    }
    const biome = join(root, 'node_modules', '.bin', 'biome');
    const { stdout, stderr } = spawnSync(biome, ['lint', '--max-diagnostics=none'], { cwd: folder, encoding: 'utf8' });
    for (const [, path = '', rule = ''] of `${stdout}${stderr}`.matchAll(/^(\S+?):\d+:\d+ lint\/\w+\/(\w+)/gm))
      broken.set(path, [...(broken.get(path) ?? []), rule]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [path, specifier] of planted)
    test(`${path} may not import ${specifier}`, () => assert.deepEqual(broken.get(path), ['noRestrictedImports']));

  for (const [path] of circle)
    test(`${path} may not be part of a circle, types included`, () =>
      assert.deepEqual(broken.get(path), ['noImportCycles']));
});
