import assert from 'node:assert/strict';
import { chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parse } from 'acorn';
import { findNewerNode } from '../../src/cli/newer-node.ts';
import { judgeNode, nodeLines, nodeRange } from '../../src/node-versions.mjs';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the list of Node.js versions', () => {
  const verdictOf = (version: string): string => {
    const { refusal, fixedIn, isUntested } = judgeNode(version);
    if (refusal) return 'refused';
    return fixedIn ? `lacks ${fixedIn}` : isUntested ? 'untested' : 'good';
  };

  test('old versions, lines in between and pre-releases are refused, and missing fixes are named', () => {
    const verdicts = {
      'v18.20.8': 'refused',
      'v20.20.2': 'refused',
      'v22.23.5': 'refused',
      'v24.18.0': 'refused',
      'v24.18.1': 'lacks 24.22.1',
      'v24.22.0': 'lacks 24.22.1',
      'v24.22.1': 'good',
      'v24.100.0': 'good',
      'v25.9.0': 'refused',
      'v26.5.0': 'refused',
      'v26.5.1': 'lacks 26.12.1',
      'v26.10.0': 'lacks 26.12.1',
      'v26.12.1': 'good',
      '26.13.0': 'good',
      'v26.12.1-rc.1': 'refused',
      'v26.13.0-nightly202611012af1b4c8e2': 'refused',
      'v27.0.0-pre': 'refused',
      'v27.0.0': 'untested',
      'v28.1.0': 'untested',
      v26: 'refused',
      '': 'refused',
    };
    for (const [version, verdict] of Object.entries(verdicts)) assert.equal(verdictOf(version), verdict, version);
  });

  test('a refusal is one sentence', () => {
    assert.equal(
      judgeNode('v20.20.2').refusal,
      'hookgate does not run on Node.js 20.20.2: start it with npm start, with node_modules/.bin/node, or with Node.js 24.18.1 or 26.5.1 or a newer one of these lines.',
    );
    assert.match(
      judgeNode('v26.12.1-rc.1').refusal ?? '',
      /^[^.]+Node\.js 26\.12\.1-rc\.1, which is not a release: [^\n]+\.$/,
    );
  });

  test('package.json and the documentation agree with it, and the pinned version is not refused', () => {
    const { engines, dependencies } = JSON.parse(read('package.json'));
    assert.equal(engines.node, nodeRange);
    assert.equal(JSON.parse(read('package-lock.json')).packages[''].engines.node, nodeRange);
    assert.equal(judgeNode(dependencies.node).refusal, undefined);
    const rows = nodeLines.map(({ line, secure, fixed }) => `| ${line} | below ${secure} | below ${fixed} |\n`);
    assert.ok(read('docs/operations.md').includes(rows.join('')), rows.join(''));
  });

  test('the files before the first check run on Node.js 18', () => {
    const files = [
      'bin/hookgate.mjs',
      'src/node-versions.mjs',
      ...globSync('scripts/{prepare.mjs,{install,console}{.mjs,/*.mjs}}', { cwd: root }),
    ];
    assert.equal(files.length, 10);
    for (const file of files) {
      const { body } = parse(read(file), { ecmaVersion: 2022, sourceType: 'module', allowHashBang: true });
      const imports = body.flatMap((node) => (node.type === 'ImportDeclaration' ? [String(node.source.value)] : []));
      const allowed = /^node:(child_process|crypto|events|fs|os|path|timers\/promises|url)$|^\.\.?\/.*\.mjs$/;
      assert.deepEqual(
        imports.filter((name) => !allowed.test(name)),
        [],
        file,
      );
    }
  });
});

describe("the system's Node.js", () => {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-system-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A folder of PATH whose `node` gives this answer. */
  function system(name: string, answer: string): string {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'node'), `#!/bin/sh\n${answer}\n`);
    chmodSync(join(path, 'node'), 0o755);
    return path;
  }
  const find = (...path: string[]) => findNewerNode(path.join(delimiter), 'v26.10.0');

  test('it is used if it is a newer release that is not refused', () => {
    for (const version of ['26.10.1', '26.12.1', '27.0.0']) {
      const path = system(version, `echo v${version}`);
      assert.equal(find(path), join(path, 'node'), version);
    }
    for (const version of ['20.20.2', '24.22.1', '26.10.0', '26.12.1-rc.1', '27.0.0-nightly1'])
      assert.equal(find(system(version, `echo v${version}`)), undefined, version);
  });

  test('it is the first one in PATH outside of packages that gives a version', () => {
    const newer = system('newer', 'echo v26.12.1');
    const packages = system('project/node_modules/.bin', 'echo v26.13.0');
    const linked = join(folder, 'linked');
    mkdirSync(linked);
    symlinkSync(join(root, 'node_modules', '.bin', 'node'), join(linked, 'node'));
    const broken = system('broken', 'exit 1');
    const silent = system('silent', 'echo hello');
    assert.equal(find(join(folder, 'nothing'), '', '.', packages, linked, broken, silent, newer), join(newer, 'node'));
    assert.equal(find(system('older', 'echo v20.20.2'), newer), undefined);
    assert.equal(find(packages), undefined);
    assert.equal(find(), undefined);
  });
});
