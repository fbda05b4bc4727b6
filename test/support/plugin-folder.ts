import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadSources } from '../../src/plugin-loader.ts';
import { sourcesIn } from '../../src/plugin-sources.ts';
import { createTestGateway, type TestGateway, type TestGatewayOptions } from '../../src/testing/index.ts';

/** A folder of plugins, as an operator would fill it. */
export interface PluginFolder {
  readonly path: string;
  /** Writes `files` (name to text) into the plugin folder `name`; returns its path. */
  add(name: string, files: Readonly<Record<string, string>>): string;
  /** Loads the plugins of the folder and starts a gateway with them. */
  start(options?: Omit<TestGatewayOptions, 'plugins'>): Promise<TestGateway>;
  remove(): void;
}

export function createPluginFolder(): PluginFolder {
  const path = mkdtempSync(join(tmpdir(), 'hookgate-plugins-'));
  return {
    path,
    add(name, files) {
      for (const [file, text] of Object.entries(files)) {
        const target = join(path, name, file);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, text);
      }
      return join(path, name);
    },
    async start(options = {}) {
      const loaded = await loadSources(sourcesIn(path));
      return createTestGateway({
        ...options,
        plugins: loaded.map(({ plugin }) => plugin),
        sources: new Map(loaded.map(({ plugin, source }) => [plugin, source])),
      });
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
