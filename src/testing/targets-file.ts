import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RemoteTargetDefinition } from '../target-definition.ts';

/** A `targets.yaml` in a temporary folder. */
export interface TestTargetsFile {
  /** For the setting `TARGETS_FILE`. */
  readonly path: string;
  /** Replaces all targets. The gateway notices by itself, and at once with `gateway.app.reload()`. */
  write(targets: Readonly<Record<string, RemoteTargetDefinition>>): void;
  /** Writes any text, valid or not. */
  writeText(text: string): void;
  remove(): void;
}

/** Creates a targets file, for `env.TARGETS_FILE` of a gateway; the test removes it. */
export function createTestTargetsFile(targets: Readonly<Record<string, RemoteTargetDefinition>> = {}): TestTargetsFile {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-targets-'));
  const path = join(folder, 'targets.yaml');
  const writeText = (text: string): void => writeFileSync(path, text);
  // JSON is a subset of YAML.
  const write: TestTargetsFile['write'] = (next) => writeText(JSON.stringify({ targets: next }));
  write(targets);
  return { path, write, writeText, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
