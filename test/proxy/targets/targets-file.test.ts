import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readTargetsFile, TargetsFileError } from '../../../src/proxy/targets/targets-file.ts';
import { selfSigned } from '../../support/certificate.ts';

let folder: string;
let path: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookgate-targets-'));
  path = join(folder, 'targets.yaml');
});
after(() => rmSync(folder, { recursive: true }));

const secret = 'hunter2-hunter2';
const env = { BILLING_KEY: secret, EMPTY: '', BAD_VALUE: `${secret}\n` };

function read(text: string) {
  writeFileSync(path, text);
  return readTargetsFile(path, env);
}

/** The problems of a file; none of them may contain the secret. */
function problemsOf(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    assert.ok(error instanceof TargetsFileError, String(error));
    assert.ok(error.message.startsWith(`The targets file ${path} is not valid:\n  `), error.message);
    assert.ok(!error.message.includes(secret), error.message);
    return error.problems;
  }
  return assert.fail('the file is accepted');
}

test('omitted keys have their defaults', () => {
  assert.deepEqual(read('targets:\n  billing:\n    upstreams: [http://127.0.0.1:9001]\n'), [
    {
      name: 'billing',
      upstreams: ['http://127.0.0.1:9001'],
      prefixes: [],
      stripPrefix: '',
      addPrefix: '',
      scopes: [],
      public: false,
      forwardAuthorization: false,
      preserveHost: false,
      maxBodyBytes: 0,
      timeouts: { connectMs: 3000, headersMs: 30_000, idleMs: 60_000, totalMs: 0 },
      rateLimitPerMinute: 0,
      breaker: { failures: 5, openMs: 10_000 },
      websocket: { enabled: false, origins: [], tokenFrom: ['header'] },
      headers: { set: {}, remove: [] },
    },
  ]);
});

test('an incomplete group keeps the defaults of its other keys', () => {
  const [billing] = read(
    'targets: { billing: { upstreams: [http://a], timeouts: { idleMs: 5 }, headers: { remove: [X-A] } } }',
  );
  assert.deepEqual(billing?.timeouts, { connectMs: 3000, headersMs: 30_000, idleMs: 5, totalMs: 0 });
  assert.deepEqual(billing?.headers, { set: {}, remove: ['X-A'] });
});

test('environment variables replace parts of strings', () => {
  const [billing] = read(
    `targets: { billing: { upstreams: [http://a], headers: { set: { X-Key: "Key \${BILLING_KEY}!" } } } }`,
  );
  assert.equal(billing?.headers.set['X-Key'], `Key ${secret}!`);
});

test('file paths are relative to the targets file', () => {
  writeFileSync(join(folder, 'ca.pem'), selfSigned.cert);
  const [billing] = read('targets: { billing: { upstreams: [https://a], tls: { ca: ./ca.pem } } }');
  assert.equal(billing?.tls?.ca, selfSigned.cert);
  for (const [file, problem] of [
    ['./other.pem', 'cannot be read (ENOENT)'],
    ['.', 'cannot be read (EISDIR)'],
    ['./targets.yaml', 'holds no certificate (PEM)'],
  ])
    assert.deepEqual(problemsOf(`targets: { billing: { upstreams: [https://a], tls: { ca: ${file} } } }`), [
      `targets.billing.tls.ca ${problem}`,
    ]);
});

test('every problem is reported with its target and key, without values', () => {
  const text = `
targets:
  billing:
    upstreams: [http://user:${secret}@127.0.0.1, "http://127.0.0.1/path", "http://a\${UNSET}"]
    prefixes: ["${secret}"]
    timeouts: { connectMs: "\${BILLING_KEY}", readMs: 5 }
    headers: { set: { X-Key: "\${BAD_VALUE}", X-Other: "\${EMPTY}", X-Third: "\${", Host: "${secret}" } }
    colour: "${secret}"
  weather: {}
  "Not A Name": { upstreams: [http://a] }
version: 1
`;
  assert.deepEqual(problemsOf(text).toSorted(), [
    'targets.Not A Name is not allowed',
    'targets.billing.colour is not allowed',
    'targets.billing.headers.set.Host is not allowed',
    'targets.billing.headers.set.X-Key must be a header value',
    'targets.billing.headers.set.X-Other: the environment variable EMPTY is not set',
    `targets.billing.headers.set.X-Third: \${ must be followed by the name of an environment variable and }`,
    'targets.billing.prefixes[0] must be a path such as /api/v1, without a slash at its end',
    'targets.billing.timeouts.connectMs must be a number',
    'targets.billing.timeouts.readMs is not allowed',
    'targets.billing.upstreams[0] must be an origin such as http://127.0.0.1:9001',
    'targets.billing.upstreams[1] must be an origin such as http://127.0.0.1:9001',
    'targets.billing.upstreams[2]: the environment variable UNSET is not set',
    'targets.weather.upstreams is required',
    'version is not allowed',
  ]);
});

test('text other than plain YAML is refused with its line and not quoted', () => {
  const cases: Record<string, RegExp> = {
    '': /^the file must be of type object$/,
    'targets:\n': /^targets must be of type object$/,
    [secret]: /^the file must be of type object$/,
    [`targets: {\n  ${secret}`]: /^line \d+, column \d+: /,
    [`a: b: ${secret}`]: /^line 1, column \d+: /,
    [`targets: {}\ntargets: {} # ${secret}`]: /^line 2, column 1: duplicate key$/,
    [`targets: {}\n---\ntargets: {} # ${secret}`]: /multiple docs$/,
    [`targets: !secret ${secret}`]: /^line 1, column 10: tag resolve failed$/,
    [`targets: &${secret} {}\nother: *${secret}`]: /^aliases \(\*name\) are not allowed$/,
    'a: &a [1,1]\nb: &b [*a,*a]\nc: &c [*b,*b]\ntargets: *c': /^aliases/,
    '"__proto__": { upstreams: [http://a] }\ntargets: {}': /__proto__/,
    'targets: { "__proto__": { upstreams: [http://a] } }': /__proto__/,
    'targets: { a: { upstreams: [http://a], "__proto__": { public: true } } }': /__proto__/,
    'targets: { a: { upstreams: [http://a], headers: { set: { "__proto__": { X-A: b } } } } }': /__proto__/,
    [`? { a: ${secret} }\n: c`]: /^line 1, column 3: non string key$/,
    [`targets: ${'['.repeat(1000)}`]: /resource exhaustion$/,
    [`targets: { a: { ${Array.from({ length: 102 }, (_, index) => `x${index}: 1`)} } }`]: /^and 3 more$/,
    [`targets: {}\n# ${'x'.repeat(1024 * 1024)}`]: /^it is larger than 1048576 bytes$/,
  };
  for (const [text, expected] of Object.entries(cases)) {
    const problems = problemsOf(text);
    assert.ok(
      problems.some((problem) => expected.test(problem)),
      `${text.slice(0, 200)}: ${problems}`,
    );
  }
});

test('a missing file or a folder is reported', () => {
  for (const [wrong, code] of [
    ['missing.yaml', 'ENOENT'],
    ['.', 'EISDIR'],
  ] as const) {
    assert.throws(() => readTargetsFile(join(folder, wrong), env), {
      name: 'TargetsFileError',
      problems: [`it cannot be read (${code})`],
    });
  }
});
