import assert from 'node:assert/strict';
import type { TestAnswer, TestGateway } from '../../../src/testing/index.ts';
import { callsAbout, inOrder, type TenantCall } from './calls.ts';
import { type Founder, idempotencyKey } from './founder.ts';
import type { Operation } from './operations.ts';
import { type Tenant, tokenOf } from './tenant.ts';

/** The organization named by a call: in its path, if the path has a place for it, and in its header. */
export type Naming = (isNamedInPath: boolean) => { path: string; header?: string | undefined };

export interface Walk {
  naming: Naming;
  /** Selects the calls. Default: all calls. */
  only?: (call: TenantCall) => boolean;
  /** Texts that must not be in an answer unless the call itself contains them. Default: the owner's secrets. */
  hidden?: readonly string[];
  /** Repeats the owner's idempotency keys, one for the first POST to each path. */
  hasKeys?: boolean;
  /** `seen` describes the call and its answer, for messages of assertions. */
  check: (answer: TestAnswer, call: TenantCall, seen: string) => void;
}

interface Parts {
  gateway: TestGateway;
  operations: readonly Operation[];
  owner: Tenant;
}

/** Every documented call about the owner's resources, as this caller would make it. */
export const callsBy = (caller: Founder, { operations, owner }: Omit<Parts, 'gateway'>): TenantCall[] =>
  inOrder(
    operations
      .filter(({ isPublic, isAboutAll }) => !isPublic && !isAboutAll)
      .flatMap((each) => callsAbout(each, owner, caller)),
  );

/** Makes the selected calls in sequence. */
export async function walkAs(caller: Founder, parts: Parts, walk: Walk): Promise<void> {
  const { gateway, owner } = parts;
  const { naming, only = () => true, hidden = owner.secrets, hasKeys = false, check } = walk;
  const token = await tokenOf(gateway, caller.organization);
  const keyed = new Set<string>();
  const calls = callsBy(caller, parts).filter(only);
  assert.ok(calls.length > 0);
  for (const call of calls) {
    const { method, path } = call.operation;
    const named = naming(path.includes('{org_name}'));
    const isKeyed = hasKeys && method === 'POST' && !keyed.has(call.path);
    if (isKeyed) keyed.add(call.path);
    const headers = {
      ...(named.header === undefined ? {} : { 'X-Organization': Buffer.from(named.header).toString('latin1') }),
      ...(isKeyed ? { 'Idempotency-Key': idempotencyKey } : {}),
    };
    const address = call.path.replace('{org_name}', encodeURIComponent(named.path));
    const answer = await gateway.request(address, { ...call.request, token, headers });
    const seen = `${caller.organization}: ${method} ${address}: ${answer.status} ${answer.text}`;
    const said = `${decodeURIComponent(address)} ${JSON.stringify([decodeURIComponent(address).split('/'), call.request.body])}`;
    const told = `${answer.text} ${JSON.stringify([...answer.headers])}`;
    for (const word of hidden) assert.ok(!told.includes(word) || said.includes(word), `${word} in ${seen}`);
    check(answer, call, seen);
  }
}
