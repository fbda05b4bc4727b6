import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { integration } from '../../plugins/integration/index.ts';
import type { TestGateway } from '../../src/testing/index.ts';
import { basicHeader, startAuthentication } from '../plugins/authentication/authentication-gateway.ts';
import { complaints, type Pattern } from './patterns.ts';

/** The answer that a client needs, and more of its call. */
interface Needs {
  /** Default: 200, and 201 for POST. */
  readonly status?: number;
  readonly reads?: Pattern;
  /** Members of the answer that later calls name, by path: `{ key: 'credentials.0.consumerKey' }`. */
  readonly saves?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of a call without a body. Default: none. */
  readonly contentType?: string;
}

/** A call as a client sends it. */
export interface ClientCall extends Needs {
  /** The client's own name for it. */
  readonly call: string;
  readonly method: string;
  /** Below `/v1`. Here and in the body, `{name}` stands for a saved value; `{today}` and `{later}` are days. */
  readonly path: string;
}

const calling =
  (method: string) =>
  (call: string, path: string, needs: Needs = {}): ClientCall => ({ call, method, path, ...needs });

export const get = calling('GET');
export const post = calling('POST');
export const put = calling('PUT');
export const del = calling('DELETE');

const memberAt = (value: unknown, path: string): string =>
  String(path.split('.').reduce((inner, name) => (inner as Record<string, unknown>)?.[name], value));

/** Adds a test for each call; they use one gateway, whose organization is `myorg`, one after the other. */
export function replay(calls: readonly ClientCall[], headers: Readonly<Record<string, string>>): void {
  const saved = new Map([
    ['today', '2026-03-10'],
    ['later', '2027-05-01'],
  ]);
  let gateway: TestGateway;
  let authorization = '';

  before(async () => {
    const { gateway: started, createKey } = await startAuthentication({ plugins: [integration] });
    gateway = started;
    gateway.clock.set(new Date(`${saved.get('today')}T12:00:00Z`));
    const key = await createKey();
    authorization = basicHeader(key.api_key, key.secret_key);
  });
  after(() => gateway.close());

  const fill = (template: string): string =>
    template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => saved.get(name) ?? whole);

  for (const { call, method, path, body, contentType, status, reads, saves = {} } of calls) {
    const wanted = status ?? (method === 'POST' ? 201 : 200);
    test(`${call}: ${method} ${path}`, async () => {
      const answer = await gateway.request(`/v1${fill(path)}`, {
        method,
        headers: { ...headers, Authorization: authorization, ...(contentType ? { 'Content-Type': contentType } : {}) },
        ...(body === undefined ? {} : { body: fill(JSON.stringify(body)) }),
      });
      assert.equal(answer.status, wanted, answer.text);
      for (const [name, member] of Object.entries(saves)) saved.set(name, memberAt(answer.body, member));
      if (reads !== undefined) assert.deepEqual(complaints(answer.body, reads), [], answer.text);
    });
  }
}
