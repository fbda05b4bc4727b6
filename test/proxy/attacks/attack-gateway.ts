import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Attack, judge, perform } from '../../../conformance/attack.ts';
import { type Conversation, headerOf } from '../../../conformance/client.ts';
import { createLab, type Lab } from '../../../conformance/lab.ts';
import { judgeAnswer, type OddAnswer, provoke } from '../../../conformance/odd-answer.ts';
import { type RecordingBackend, startRecordingBackend } from '../../../conformance/recording-backend.ts';
import { type ErrorCode, errorCatalogue } from '../../../src/errors.ts';
import { createTestGateway, type RemoteTargetDefinition, type TestGateway } from '../../../src/testing/index.ts';
import { patient } from '../../support/patience.ts';

/** A gateway with a recording backend as the only upstream of the target `raw`. */
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
    lab: createLab({ url: new URL(gateway.url), lines }, backend, { answerMs: patient(20_000) }),
    async close() {
      await gateway.close();
      await backend.stop();
    },
  };
}

/** Creates the gateway of all suites of a file, whose log must be free of errors in the end. */
function shareGateway(): () => AttackGateway {
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
  return () => place;
}

function testNames(all: readonly { readonly name: string }[], some: readonly string[]): void {
  test('names are unique, and every name in refusedHere exists', () => {
    const names = all.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      some.filter((name) => !names.includes(name)),
      [],
    );
  });
}

/** The gateway of one test file, and suites of attacks on it. */
export function attacksOnOneGateway() {
  const place = shareGateway();
  return {
    /**
     * Performs attacks one after the other, and checks after each that the gateway still works. `refusedHere`: names of attacks
     * that other gateways may pass on and this one refuses. A refusal has the usual error format and a status that blames the
     * client.
     */
    attackEach: (title: string, attacks: readonly Attack[], refusedHere: readonly string[] = []): void =>
      void describe(title, () => {
        for (const attack of attacks) testAttack(place, attack, refusedHere);
        testNames(attacks, refusedHere);
      }),
    /**
     * Makes the backend give odd answers one after the other; the clients that follow must get their own. `refusedHere`: names of
     * answers that other gateways may pass on and this one does not.
     */
    answerEach: (title: string, answers: readonly OddAnswer[], refusedHere: readonly string[] = []): void =>
      void describe(title, () => {
        for (const answer of answers) testAnswer(place, answer, refusedHere);
        testNames(answers, refusedHere);
      }),
  };
}

function testAttack(place: () => AttackGateway, attack: Attack, refusedHere: readonly string[]): void {
  const passes = attack.passes !== undefined && !refusedHere.includes(attack.name);
  test(`${attack.name}: the request is ${passes ? 'passed on' : 'refused'}`, async () => {
    const outcome = await perform(attack, place().lab);
    assert.deepEqual(judge(attack, outcome), []);
    assert.equal(outcome.arrived.length, passes ? 1 : 0, JSON.stringify(outcome.conversation.bytes));
    if (!passes) assertRefusal(outcome.conversation, [400, 405, 431]);
  });
}

function testAnswer(place: () => AttackGateway, answer: OddAnswer, refusedHere: readonly string[]): void {
  const passes = refusedHere.includes(answer.name) ? undefined : answer.passes;
  test(`${answer.name}: the response is ${passes ? 'passed on' : 'replaced or broken off'}`, async () => {
    const conversation = await provoke(answer, place().lab);
    assert.deepEqual(judgeAnswer(answer, conversation), []);
    const [seen] = conversation.answers;
    if (passes) assert.equal(seen?.status, passes.status);
    else if (seen) assertRefusal(conversation, [502]);
    else assert.ok(answer.breaks, 'there is no response');
  });
}

function assertRefusal({ answers }: Conversation, statuses: readonly number[]): void {
  const [answer] = answers;
  assert.ok(answer, 'there is no response');
  const { error } = JSON.parse(answer.text) as { error: { code: ErrorCode } };
  assert.ok(statuses.includes(answer.status), String(answer.status));
  assert.equal(errorCatalogue[error.code], answer.status);
  assert.equal(headerOf(answer, 'cache-control'), 'no-store');
}
