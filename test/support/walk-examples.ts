import assert from 'node:assert/strict';
import type { ParsedJson, TestAnswer, TestGateway } from '../../src/testing/index.ts';
import { eventually } from './eventually.ts';

interface Link {
  operationRef: string;
  parameters?: Record<string, string>;
  requestBody?: unknown;
}

interface Media {
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

interface Operation {
  tags: string[];
  parameters: { name?: string; in?: string; example?: string }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { links?: Record<string, Link> }>;
}

type Paths = Record<string, Record<string, Operation>>;

/** Values for an operation that came with an earlier answer. */
interface Given {
  readonly parameters: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Walked {
  readonly call: string;
  readonly answer: TestAnswer;
}

/**
 * Sends the examples of an OpenAPI document in its order, with the values that the links of earlier answers give. `bodies` replace
 * examples by call (`POST /path`), for credentials that no example can have. Fails at an answer that is not a documented success. A
 * call that is refused while a delivery is in flight is repeated.
 */
export async function walkExamples(
  gateway: TestGateway,
  token: string,
  paths: Paths,
  bodies: Readonly<Record<string, unknown>>,
): Promise<Walked[]> {
  const walked: Walked[] = [];
  const given = new Map<string, Given>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const call = `${method.toUpperCase()} ${path}`;
      const { parameters = {}, body } = given.get(call) ?? {};
      const sent = bodies[call] ?? body;
      for (const example of sent === undefined ? examplesOf(operation) : [sent]) {
        const address = addressOf(path, operation, parameters);
        const request = { method: method.toUpperCase(), target: operation.tags[0] ?? '', token, body: example };
        const answer = await eventually(async () => {
          const each = await gateway.request(address, request);
          return each.status === 409 && /in flight/i.test(each.text) ? undefined : each;
        });
        const described = operation.responses[answer.status];
        assert.ok(described && answer.status < 300, `${call} (${address}): ${answer.status} ${answer.text}`);
        walked.push({ call, answer });
        for (const link of Object.values(described.links ?? {})) {
          const [to, values] = follow(link, answer);
          const parameters = { ...given.get(to)?.parameters, ...values.parameters };
          given.set(to, { ...given.get(to), ...values, parameters });
        }
      }
    }
  }
  return walked;
}

function examplesOf({ requestBody }: Operation): unknown[] {
  const media = requestBody?.content['application/json'];
  if (!media) return [undefined];
  return media.examples ? Object.values(media.examples).map(({ value }) => value) : [media.example];
}

function addressOf(path: string, { parameters }: Operation, given: Given['parameters']): string {
  const exampleOf = (name: string): string =>
    given[name] ?? parameters.find((parameter) => parameter.name === name)?.example ?? '';
  const query = parameters.flatMap(({ in: place, name = '', example }) =>
    place === 'query' && example !== undefined ? [[name, example]] : [],
  );
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(exampleOf(name)));
  return query.length > 0 ? `${filled}?${new URLSearchParams(query)}` : filled;
}

function follow({ operationRef, parameters = {}, requestBody }: Link, { body }: TestAnswer): [string, Given] {
  const [, path = '', method = ''] = /^#\/paths\/([^/]+)\/(\w+)$/.exec(operationRef) ?? assert.fail(operationRef);
  const evaluate = (expression: string): string =>
    expression
      .replace(/^\$response\.body#\//, '')
      .split('/')
      .reduce((value: ParsedJson, name) => value[name], body);
  const filled = JSON.stringify(requestBody ?? null).replace(/\{(\$response[^}]+)\}/g, (_all, each) => evaluate(each));
  return [
    `${method.toUpperCase()} ${decodeURIComponent(path).replaceAll('~1', '/').replaceAll('~0', '~')}`,
    {
      parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, evaluate(value)])),
      ...(requestBody === undefined ? {} : { body: JSON.parse(filled) }),
    },
  ];
}
