import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, root } from '../docs/documents.ts';

/** The module of a type, by `apiVersion`; the types are named as the kinds. */
const modules: Readonly<Record<string, string>> = {
  v1: 'kubernetes-types/core/v1.js',
  'apps/v1': 'kubernetes-types/apps/v1.js',
  'autoscaling/v2': 'kubernetes-types/autoscaling/v2.js',
  'networking.k8s.io/v1': 'kubernetes-types/networking/v1.js',
  'policy/v1': 'kubernetes-types/policy/v1.js',
  'kustomize.config.k8s.io/v1beta1': './custom-objects.ts',
  'kustomize.config.k8s.io/v1alpha1': './custom-objects.ts',
  'monitoring.coreos.com/v1': './custom-objects.ts',
};

const options = {
  strict: true,
  noEmit: true,
  module: 'nodenext',
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  types: [],
};

/**
 * Checks objects by the types of Kubernetes: each becomes a literal of its type, in which TypeScript refuses unknown, missing and
 * mistyped fields. Returns the compiler's messages, which name the object by its index (`object0`); empty when there are none.
 */
export function typeErrorsIn(objects: readonly { apiVersion: string; kind: string }[]): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'hookgate-manifests-'));
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    cpSync(join(import.meta.dirname, 'custom-objects.ts'), join(folder, 'custom-objects.ts'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
    const lines = objects.map((object, index) => {
      const type = `import('${modules[object.apiVersion]}').${object.kind}`;
      return `export const object${index}: Required<Pick<${type}, 'apiVersion' | 'kind'>> & ${type} = ${JSON.stringify(object, null, 1)};\n`;
    });
    writeFileSync(join(folder, 'objects.ts'), lines.join(''));
    const { stdout, stderr } = spawnSync(bin('tsc'), ['-p', '.', '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
