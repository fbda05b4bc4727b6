import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Attack, judge, type Outcome } from '../../conformance/attack.ts';
import type { Answer } from '../../conformance/client.ts';
import { judgeAnswer, type OddAnswer } from '../../conformance/odd-answer.ts';
import type { Arrived } from '../../conformance/recording-backend.ts';

const answer = (status: number, rest: Partial<Answer> = {}): Answer => ({
  status,
  headers: [],
  trailers: [],
  body: Buffer.alloc(0),
  text: '',
  interim: [],
  head: `HTTP/1.1 ${status} X\r\n\r\n`,
  ...rest,
});
const arrived = (rest: Partial<Arrived> = {}): Arrived => ({
  method: 'GET',
  target: '/a',
  headers: [['Host', 'backend']],
  trailers: [],
  body: Buffer.alloc(0),
  head: 'GET /a HTTP/1.1\r\nHost: backend\r\n\r\n',
  ...rest,
});

describe('the verdict on an attack', () => {
  const problems = (attack: Partial<Attack>, outcome: Partial<Outcome>, answers = [answer(200)], broken?: string) =>
    judge(
      { name: 'attack', ...attack },
      { target: '/a', conversation: { answers, broken, bytes: '' }, arrived: [], violations: [], ...outcome },
    );

  test('an attack that may pass is fine in the right form or refused', () => {
    assert.deepEqual(problems({ passes: {} }, { arrived: [arrived()] }), []);
    assert.deepEqual(problems({ passes: {} }, {}, [answer(400)]), []);
    assert.deepEqual(problems({}, {}, [answer(501)]), []);
    assert.deepEqual(problems({ breaksOff: true }, {}, [], 'cut off'), []);
  });

  test('an attack that passes where it must not, or in a wrong form, is a problem', () => {
    for (const [attack, request] of [
      [{}, arrived()],
      [{ passes: {} }, arrived({ target: '/b' })],
      [{ passes: {} }, arrived({ method: 'POST' })],
      [{ passes: {} }, arrived({ body: Buffer.from('x') })],
      [{ passes: { body: 'x' } }, arrived()],
      [{ passes: { without: ['host'] } }, arrived()],
      [{ passes: { never: ['backend'] } }, arrived()],
      [{ passes: { headers: { host: 'other' } } }, arrived()],
      [{ passes: {} }, arrived({ target: '/smuggled' })],
    ] as const)
      assert.notDeepEqual(problems(attack, { arrived: [request] }), []);
    assert.notDeepEqual(problems({ passes: {} }, { arrived: [arrived(), arrived()] }), []);
    assert.notDeepEqual(problems({ passes: {} }, { arrived: [arrived()], violations: ['junk'] }), []);
  });

  test('an attack that is neither refused nor passed on is a problem', () => {
    assert.notDeepEqual(problems({}, {}), []);
    assert.notDeepEqual(problems({ passes: {} }, {}), []);
    assert.notDeepEqual(problems({}, {}, [answer(400), answer(200)]), []);
    assert.notDeepEqual(problems({}, {}, [answer(500)]), []);
    assert.notDeepEqual(problems({}, {}, [], 'junk'), []);
    assert.notDeepEqual(problems({ passes: {}, mustPass: true }, {}, [answer(400)]), []);
  });
});

describe('the verdict on an odd answer', () => {
  const passes = { status: 200 };
  const problems = (odd: Partial<OddAnswer>, answers: Answer[], broken?: string) =>
    judgeAnswer({ name: 'answer', bytes: '', ...odd }, { answers, broken, bytes: '' });

  test('an odd answer may pass, become a 5xx or break visibly, as declared', () => {
    assert.deepEqual(problems({ passes }, [answer(200)]), []);
    assert.deepEqual(problems({ passes }, [answer(502)]), []);
    assert.deepEqual(problems({}, [answer(502)]), []);
    assert.deepEqual(problems({ breaks: true }, [], 'cut off'), []);
  });

  test('an odd answer that could harm the client is a problem', () => {
    assert.notDeepEqual(problems({}, [answer(200)]), []);
    assert.notDeepEqual(problems({}, []), []);
    assert.notDeepEqual(problems({}, [], 'cut off'), []);
    assert.notDeepEqual(problems({ breaks: true }, [answer(200)]), []);
    assert.notDeepEqual(problems({ passes }, [answer(200), answer(200)]), []);
    assert.notDeepEqual(problems({ passes }, [answer(200)], 'junk behind it'), []);
    assert.notDeepEqual(problems({ passes }, [answer(200, { head: 'X-Header: Planted' })]), []);
    assert.notDeepEqual(problems({ passes }, [answer(200, { trailers: [['X-Note', 'a']] })]), []);
    assert.notDeepEqual(problems({ passes }, [answer(200, { body: Buffer.from('x') })]), []);
    assert.notDeepEqual(
      problems({ passes: { status: 200, without: ['upgrade'] } }, [answer(200, { headers: [['Upgrade', 'a']] })]),
      [],
    );
    assert.notDeepEqual(problems({ passes: { status: 200, headers: { etag: 'a' } } }, [answer(200)]), []);
    assert.notDeepEqual(problems({ passes, mustPass: true }, [answer(502)]), []);
  });
});
