import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { judge, perform } from '../../../conformance/attack.ts';
import { sizes } from '../../../conformance/attacks/sizes.ts';
import { type AttackGateway, attacksOnOneGateway, createAttackGateway } from './attack-gateway.ts';

const limitBytes = 16 * 1024;
/** Number of headers in a good request without the attack's own. */
const ownHeaders = 4;
const refusedHere = sizes
  .filter(({ name, passes }) => {
    const count = Number(/^(\d+) headers$/.exec(name)?.[1] ?? 0);
    const bytes = Number(/^header of (\d+) bytes/.exec(name)?.[1] ?? 0);
    return passes && (count + ownHeaders > 100 || bytes > limitBytes - 600);
  })
  .map(({ name }) => name);

const { attackEach } = attacksOnOneGateway();

attackEach('heads around the limits', sizes, [...refusedHere, 'a header after 2,000 others']);

describe('the limit of the request head', () => {
  let place: AttackGateway;
  before(async () => {
    place = await createAttackGateway();
  });
  after(() => place.close());

  /** Whether a header of this size reached the backend, which must then have got it complete. */
  const passes = async (bytes: number, pieces = 1): Promise<boolean> => {
    const value = `${'x'.repeat(bytes - 3)}END`;
    const form = { headers: { 'x-long': value, 'x-after': 'there' } };
    const attack = { name: '', lines: [`X-Long: ${value}`, 'X-After: there'], pieces, passes: form };
    const outcome = await perform(attack, place.lab);
    assert.deepEqual(judge(attack, outcome), []);
    const [answer] = outcome.conversation.answers;
    assert.equal(answer?.status, outcome.arrived.length === 1 ? 200 : 431);
    return outcome.arrived.length === 1;
  };

  test('a head at the limit passes complete, and one byte more is refused', async () => {
    let most = 1000;
    let least = limitBytes;
    while (least - most > 1) {
      const middle = Math.floor((least + most) / 2);
      if (await passes(middle)) most = middle;
      else least = middle;
    }
    assert.ok(most > limitBytes - 700, `${most} bytes`);
    for (let more = -3; more <= 3; more += 1)
      for (const pieces of [1, 2, 5]) assert.equal(await passes(most + more, pieces), more <= 0, `${more} ${pieces}`);
  });
});
