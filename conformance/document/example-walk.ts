import type { ApiDocument, Json, Link, Operation } from './api-document.ts';

/** A call as a client would make it. `body` undefined: no body; text is sent as it is. */
export interface Call {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The parsed JSON body; undefined if there is none. */
  readonly body: unknown;
}

export interface Step {
  readonly call: Call;
  readonly answer: Answer;
}

interface Given {
  readonly params: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Walk {
  /** Sends a call and resolves to its answer. */
  send(call: Call): Promise<Answer>;
  /** Bodies in place of the examples, by call (`POST /path`), for credentials that no example can have. */
  readonly bodies?: Readonly<Record<string, unknown>>;
  /** Runs after each example of the document. */
  after?(step: Step): Promise<void>;
}

/**
 * Sends the examples of a document in its order, with the values that the links of earlier responses give. Returns all steps, also
 * the refused ones.
 */
export async function walkExamples(document: ApiDocument, { send, bodies = {}, after }: Walk): Promise<Step[]> {
  const steps: Step[] = [];
  const given = new Map<string, Given>();
  for (const operation of document.operations) {
    const { params = {}, body } = given.get(operation.call) ?? {};
    const replaced = bodies[operation.call] ?? body;
    for (const example of replaced === undefined ? examplesOf(operation) : [replaced]) {
      const call = toCall(operation, params, example);
      const answer = await send(call);
      const step = { call, answer };
      steps.push(step);
      for (const link of Object.values(operation.responses[answer.status]?.links ?? {})) {
        const user = userOf(document, link);
        if (user) given.set(user.call, merged(given.get(user.call), valuesOf(link, answer)));
      }
      await after?.(step);
    }
  }
  return steps;
}

/** Bodies of the examples, undefined where the operation has none. */
function examplesOf({ requestBody }: Operation): unknown[] {
  const media = requestBody?.content['application/json'];
  if (!media) return [undefined];
  return media.examples ? Object.values(media.examples).map(({ value }) => value) : [media.example];
}

function toCall(operation: Operation, params: Given['params'], body: unknown): Call {
  const examples = (place: string) =>
    operation.parameters.filter((parameter) => parameter.in === place && parameter.example !== undefined);
  const values = (place: string) => examples(place).map(({ name, example }) => [name, String(example)] as const);
  return {
    operation,
    params: { ...Object.fromEntries(values('path')), ...params },
    query: values('query'),
    headers: operation.target === undefined ? {} : { 'X-Target-Server': operation.target },
    ...(body === undefined ? {} : { body }),
  };
}

/** Path and query of a call. */
export function addressOf({ operation, params, query }: Call): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(params[name] ?? ''));
  return query.length > 0 ? `${path}?${new URLSearchParams(query.map(([name, value]) => [name, value]))}` : path;
}

function userOf({ operations }: ApiDocument, { operationId, operationRef }: Link): Operation | undefined {
  if (operationId !== undefined) return operations.find(({ id }) => id === operationId);
  const [, path = '', method = ''] = /^#\/paths\/([^/]+)\/(\w+)$/.exec(operationRef ?? '') ?? [];
  const call = `${method.toUpperCase()} ${decodeURIComponent(path).replaceAll('~1', '/').replaceAll('~0', '~')}`;
  return operations.find((operation) => operation.call === call);
}

function valuesOf({ parameters = {}, requestBody }: Link, { body }: Answer): Given {
  const evaluate = (expression: string): string =>
    expression
      .replace(/^\$response\.body#\//, '')
      .split('/')
      .reduce((value: unknown, name) => (value as Json)[name], body) as string;
  const filled = JSON.stringify(requestBody ?? null).replace(/\{(\$response[^}]+)\}/g, (_all, each) => evaluate(each));
  return {
    params: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, evaluate(value)])),
    ...(requestBody === undefined ? {} : { body: JSON.parse(filled) }),
  };
}

const merged = (known: Given | undefined, { params, ...rest }: Given): Given => ({
  ...known,
  ...rest,
  params: { ...known?.params, ...params },
});
