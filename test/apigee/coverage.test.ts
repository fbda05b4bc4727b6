import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  contradictions,
  parseOperations,
  parsePage,
  presenceOf,
  readOperations,
  summarize,
  withSummary,
} from '../../scripts/apigee/coverage.ts';
import { undocumentedCalls } from '../../scripts/apigee/undocumented.ts';
import { readClientDocument } from '../../scripts/client/gateway-document.ts';
import { readDocument } from '../docs/documents.ts';

const page = readDocument('docs/apigee.md');

test('docs/apigee.md says of every operation of Apigee what the routes say', async () => {
  const listed = readOperations();
  const presence = presenceOf(listed, await readClientDocument(), undocumentedCalls);
  assert.deepEqual(contradictions(listed, parsePage(page), presence), []);
});

test('the counts of docs/apigee.md are those of its rows', () => {
  assert.equal(withSummary(page), page);
  assert.equal(withSummary(page.replace('| Both |', '| Both | 7')), page);
});

const list =
  '# About\n\n## Cats\nGET /o/{org_name}/cats\nPUT /o/{org_name}/cats/{cat}\nDELETE /mint/o/{org_name}/cats\n';
const document = {
  info: {},
  paths: {
    '/v1/o/{org}/cats': { get: { responses: { 200: {}, 404: {} } } },
    '/v1/o/{org}/cats/{id}': { put: { responses: { 501: {} } } },
  },
};
const row = (name: string, verdict: string, note = ''): string => `| \`${name}\` | ${verdict} | ${note} |\n`;
const good =
  '### Cats\n\n' +
  row('GET /o/{org_name}/cats', 'differs', 'fewer cats') +
  row('PUT /o/{org_name}/cats/{cat}', '501') +
  row('DELETE /mint/o/{org_name}/cats', 'absent');

test('operations are found in a document by their shape: answered, always refused, or absent', () => {
  const listed = parseOperations(list);
  const presence = [...presenceOf(listed, document).values()];
  assert.deepEqual(presence, ['answered', 'refused', 'absent']);
  assert.deepEqual(contradictions(listed, parsePage(good), presenceOf(listed, document)), []);
});

test('every contradiction is named', () => {
  const listed = parseOperations(list);
  const presence = presenceOf(listed, document);
  const cases: [page: string, wrong: string][] = [
    [good.replace(/\| `GET.*\n/, ''), 'Cats: GET /o/{org_name}/cats is missing in the page'],
    [good + row('GET /dogs', 'absent'), 'Cats: GET /dogs is not in the list'],
    [
      good + row('DELETE /mint/o/{org_name}/cats', 'absent'),
      'Cats: DELETE /mint/o/{org_name}/cats stands twice in the page',
    ],
    [good.replace('differs', 'absent'), 'GET /o/{org_name}/cats is answered, and the page says absent'],
    [good.replace('501', 'works'), 'PUT /o/{org_name}/cats/{cat} is refused, and the page says works'],
    [good.replace('absent', 'empty'), 'DELETE /mint/o/{org_name}/cats is absent, and the page says empty'],
    [good.replace('differs', 'toString'), 'GET /o/{org_name}/cats has the unknown verdict toString'],
    [good.replace('fewer cats', ''), 'GET /o/{org_name}/cats differs, and the page does not say how'],
  ];
  for (const [text, wrong] of cases) assert.deepEqual(contradictions(listed, parsePage(text), presence), [wrong]);
});

test('the summary counts the rows of each document', () => {
  assert.deepEqual(summarize(parsePage(good)).split('\n').slice(2), [
    '| Management API, the part below | 0 | 1 | 0 | 1 | 0 | 2 |',
    '| Monetization API | 0 | 0 | 0 | 0 | 1 | 1 |',
    '| Both | 0 | 1 | 0 | 1 | 1 | 3 |',
  ]);
});
