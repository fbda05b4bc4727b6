import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Attack, judge, perform } from '../../../conformance/attack.ts';
import { type Conversation, headerOf } from '../../../conformance/client.ts';
import { createLab, type Lab } from '../../../conformance/lab.ts';
import { judgeAnswer, type OddAnswer, provoke } from '../../../conformance/odd-answer.ts';
import { type RecordingBackend, startRecordingBackend } from '../../../conformance/recording-backend.ts';
import { type ErrorCode, errorCatalogue } from '../../../src/errors.ts';
import { createTestGateway, type RemoteTargetDefinition, type TestGateway } from '../../../src/testing/index.ts';

/** A gateway with a recording backend behind the target `raw`. */
export interface AttackGateway {
  readonly gateway: TestGateway;
  readonly backend: RecordingBackend;
  readonly lab: Lab;
  readonly token: string;
  close(): Promise<void>;
}

export interface AttackGatewayOptions {
  readonly target?: Partial<RemoteTargetDefinition>;
  readonly env?: Record<string, string>;
}

export async function createAttackGateway({ target, env = {} }: AttackGatewayOptions = {}): Promise<AttackGateway> {
  const backend = await startRecordingBackend();
  const upstreams = [`http://127.0.0.1:${backend.port}`];
  const gateway = await createTestGateway({ plugins: [], targets: { raw: { upstreams, ...target } }, env });
  const token = await gateway.token({ scope: 'raw:read raw:write' });
  const lines = ['X-Target-Server: raw', `Authorization: Bearer ${token}`];
  return {
    gateway,
    backend,
    token,
    lab: createLab({ url: new URL(gateway.url), lines }, backend),
    async close() {
      await gateway.close();
      await backend.stop();
    },
  };
}

/** One gateway for a suite, in whose log nobody has been asked to act. */
function describeOn(title: string, suite: (place: () => AttackGateway) => void): void {
  describe(title, () => {
    let place: AttackGateway;
    before(async () => {
      place = await createAttackGateway();
    });
    after(async () => {
      await place.close();
      assert.deepEqual(
        place.gateway.log.filter((line) => line.includes('"level":"error"')),
        [],
      );
    });
    suite(() => place);
  });
}

function testNames(all: readonly { readonly name: string }[], some: readonly string[]): void {
  test('every name is there once', () => {
    const names = all.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      some.filter((name) => !names.includes(name)),
      [],
    );
  });
}

/**
 * Performs attacks one after the other on one gateway, which is alive after each of them. `refusedHere` names those that other
 * gateways may pass on and ours does not; a refusal is in the usual format and is nobody's fault but the client's.
 */
export function attackEach(title: string, attacks: readonly Attack[], refusedHere: readonly string[] = []): void {
  describeOn(title, (place) => {
    for (const attack of attacks) {
      test(attack.name, async () => {
        const outcome = await perform(attack, place().lab);
        assert.deepEqual(judge(attack, outcome), []);
        const passes = attack.passes !== undefined && !refusedHere.includes(attack.name);
        assert.equal(outcome.arrived.length, passes ? 1 : 0, JSON.stringify(outcome.conversation.bytes));
        if (!passes) assertRefusal(outcome.conversation, [400, 405, 431]);
      });
    }
    testNames(attacks, refusedHere);
  });
}

/**
 * Has the backend give odd answers one after the other; the next clients get their own. `refusedHere` names those that other
 * gateways may pass on and ours does not.
 */
export function answerEach(title: string, answers: readonly OddAnswer[], refusedHere: readonly string[] = []): void {
  describeOn(title, (place) => {
    for (const answer of answers) {
      test(answer.name, async () => {
        const conversation = await provoke(answer, place().lab);
        assert.deepEqual(judgeAnswer(answer, conversation), []);
        const [seen] = conversation.answers;
        if (answer.passes && !refusedHere.includes(answer.name)) assert.equal(seen?.status, answer.passes.status);
        else if (seen) assertRefusal(conversation, [502]);
        else assert.ok(answer.breaks, 'there is no answer');
      });
    }
    testNames(answers, refusedHere);
  });
}

function assertRefusal({ answers }: Conversation, statuses: readonly number[]): void {
  const [answer] = answers;
  assert.ok(answer, 'there is no answer');
  const { error } = JSON.parse(answer.text) as { error: { code: ErrorCode } };
  assert.ok(statuses.includes(answer.status), String(answer.status));
  assert.equal(errorCatalogue[error.code], answer.status);
  assert.equal(headerOf(answer, 'cache-control'), 'no-store');
}
