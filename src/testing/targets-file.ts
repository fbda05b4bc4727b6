import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RemoteTargetDefinition } from '../proxy/target-definition.ts';

/** A `targets.yaml` in a folder of its own. */
export interface TestTargetsFile {
  readonly path: string;
  write(targets: Readonly<Record<string, RemoteTargetDefinition>>): void;
  remove(): void;
}

export function createTestTargetsFile(targets: Readonly<Record<string, RemoteTargetDefinition>> = {}): TestTargetsFile {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-targets-'));
  const path = join(folder, 'targets.yaml');
  // JSON is YAML.
  const write: TestTargetsFile['write'] = (next) => writeFileSync(path, JSON.stringify({ targets: next }));
  write(targets);
  return { path, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
