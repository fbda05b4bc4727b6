import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import spectralCore, { type RulesetDefinition } from '@stoplight/spectral-core';
import spectralRulesets from '@stoplight/spectral-rulesets';
import express from 'express';
import Joi from 'joi';
import { authentication } from '../../../plugins/authentication/index.ts';
import { console as webConsole } from '../../../plugins/console/index.ts';
import { integration } from '../../../plugins/integration/index.ts';
import { definePlugin, defineRoute } from '../../../src/plugin.ts';
import {
  createTestGateway,
  createTestTargetsFile,
  type ParsedJson,
  type TestGateway,
} from '../../../src/testing/index.ts';

const answers = { 200: { description: 'Done' } };
const handle = (_req: unknown, res: { json(body: unknown): unknown }) => res.json({});

/** A plugin that declares as little as it can, and less than documentation needs. */
const bare = definePlugin({
  name: 'bare',
  apiVersion: 1,
  prefixes: ['/bare'],
  errorShapes: [
    { prefix: '/bare/shaped', schema: Joi.object({ fault: Joi.any() }), toBody: ({ code }) => ({ fault: code }) },
  ],
  setup: () => ({
    routes: [
      defineRoute({ method: 'GET', path: '/bare', summary: 'Read', public: true, answers, handler: handle }),
      defineRoute({
        method: 'POST',
        path: '/bare/shaped',
        summary: 'Write',
        answers,
        transact: async () => ({ status: 200 }),
      }),
      defineRoute({
        method: 'PUT',
        path: '/api/v1/bare/:id/parts/:part_id',
        summary: 'Change.',
        query: Joi.object({ since: Joi.date(), size: Joi.number(), flags: Joi.array() }),
        body: Joi.object({ parts: Joi.array(), any: Joi.any(), either: Joi.alternatives(Joi.string(), Joi.number()) }),
        answers: { 204: { description: 'Done' }, 422: { description: 'Odd' } },
        handler: handle,
      }),
      // Another target has this path with other names of its parameters, and this id.
      defineRoute({
        method: 'PATCH',
        path: '/api/v1/integration/distributors/:distributor',
        operationId: 'updateDistributor',
        summary: 'Change',
        body: Joi.object({ meta: Joi.object() }).meta({ schemaName: 'DistributorInput' }),
        answers: {
          200: { description: 'Done', schema: Joi.object({ id: Joi.string() }).meta({ schemaName: 'ApiError' }) },
        },
        handler: handle,
      }),
    ],
  }),
});

const withRouter = definePlugin({ name: 'plain', apiVersion: 1, setup: () => ({ router: express.Router() }) });

/**
 * Two paths of the API itself: a node id is a UUID and is never `secret` or `events`, and a fixed segment such as `nodes` wins over a
 * parameter.
 */
const ambiguous = [
  '#/paths/~1api~1v1~1integration~1distributors~1{id}~1secret',
  '#/paths/~1api~1v1~1integration~1distributors~1{id}~1events',
  '#/paths/~1api~1v1~1integration~1distributors~1{id}~1delivery',
  '#/paths/~1api~1v1~1integration~1distributors~1{id}~1test',
];

describe('the linters of OpenAPI documents', () => {
  const file = createTestTargetsFile({ billing: { upstreams: ['http://127.0.0.1:9'] } });
  const documents = new Map<string, ParsedJson>();
  let gateway: TestGateway;

  before(async () => {
    gateway = await createTestGateway({
      plugins: [authentication, webConsole, integration, bare, withRouter],
      env: { TARGETS_FILE: file.path },
    });
    const token = await gateway.token();
    for (const name of ['', '/authentication', '/console', '/integration', '/bare', '/plain', '/billing'])
      documents.set(name, (await gateway.request(`/openapi${name}.json`, { token })).body);
  });
  after(async () => {
    await gateway.close();
    file.remove();
  });

  async function spectralOn(document: ParsedJson): Promise<string[]> {
    const spectral = new spectralCore.Spectral();
    spectral.setRuleset({ extends: [spectralRulesets.oas as RulesetDefinition] });
    const problems = await spectral.run(document);
    return problems.map(({ code, path, message }) => `${code} ${path.join('.')}: ${message}`);
  }

  async function redoclyOn(document: ParsedJson): Promise<string[]> {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: '/openapi.json', config });
    return problems
      .filter(
        ({ ruleId, location }) => ruleId !== 'no-ambiguous-paths' || !ambiguous.includes(location[0]?.pointer ?? ''),
      )
      .map(({ ruleId, location, message }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
  }

  /** The document with each shared response at its first use alone: Spectral would check it again at every use, for seconds. */
  function withoutRepetition(document: ParsedJson): ParsedJson {
    const copy = structuredClone(document);
    const seen = new Set<string>();
    for (const methods of Object.values<ParsedJson>(copy.paths))
      for (const { responses } of Object.values<ParsedJson>(methods))
        for (const [status, { $ref }] of Object.entries<ParsedJson>(responses)) {
          if ($ref && seen.has($ref)) delete responses[status];
          seen.add($ref);
        }
    return copy;
  }

  test('spectral:oas has no error and no warning', async () => {
    for (const name of ['', '/authentication', '/bare', '/plain', '/billing'])
      assert.deepEqual(await spectralOn(withoutRepetition(documents.get(name))), [], name);
  });

  test("Redocly's recommended rules have no error and no warning", async () => {
    for (const [name, document] of documents) assert.deepEqual(await redoclyOn(document), [], name);
  });

  test('both notice a document with a fault', async () => {
    const faulty = structuredClone(documents.get('/authentication'));
    const [operation] = Object.values<ParsedJson>(faulty.paths['/.well-known/jwks.json']);
    operation.operationId = 'createAccessToken';
    assert.match((await spectralOn(faulty)).join(), /operation-operationId-unique/);
    assert.match((await redoclyOn(faulty)).join(), /operation-operationId-unique/);
  });
});
