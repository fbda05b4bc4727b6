import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBufferBudget, type Holder } from '../../../src/gateway/server/buffer-budget.ts';

interface TestHolder extends Holder {
  bytes: number;
  isCut: boolean;
}

/** A budget of 1000 bytes, 100 of them for strangers, and holders that are `ageMs` old and have moved bytes since. */
function createHolders() {
  const cuts: boolean[] = [];
  const budget = createBufferBudget({ bufferedBytes: 1000, strangerBytes: 100, youngMs: 1000 }, (ofStranger) =>
    cuts.push(ofStranger),
  );
  function hold(bytes: number, { ageMs = 0, moved = 0, ofStranger = false } = {}): TestHolder {
    const holder: TestHolder = {
      bytes,
      isCut: false,
      since: { at: performance.now() - ageMs, moved: 0 },
      held: (only) => (holder.isCut || (only && !ofStranger) ? 0 : holder.bytes),
      moved: () => moved,
      cut: () => {
        holder.isCut = true;
      },
    };
    budget.enter(holder);
    budget.add(holder, bytes, ofStranger);
    return holder;
  }
  return { budget, cuts, hold };
}

const cutOf = (holders: readonly TestHolder[]): boolean[] => holders.map(({ isCut }) => isCut);

test('above the budget the slowest holder is cut, and a new one is not', () => {
  const { hold, cuts } = createHolders();
  const hour = 3_600_000;
  const holders = [
    hold(300, { ageMs: hour, moved: 1e9 }),
    hold(300, { ageMs: hour, moved: 1000 }),
    hold(300, { ageMs: 2000, moved: 1000 }),
    hold(200),
  ];
  assert.deepEqual(cutOf(holders), [false, true, false, false]);
  assert.deepEqual(cuts, [false]);
});

test('of holders that are all new, the largest is cut', () => {
  const { hold } = createHolders();
  assert.deepEqual(cutOf([hold(100), hold(700), hold(201)]), [false, true, false]);
});

test('bytes that have been read are found before anything is cut', () => {
  const { hold } = createHolders();
  const reader = hold(900, { ageMs: 5000 });
  reader.bytes = 0;
  assert.deepEqual(cutOf([reader, hold(800), hold(50)]), [false, false, false]);
});

test('requests are refused while new holders fill the budget, and slow ones are cut for them', () => {
  const young = createHolders();
  const holder = young.hold(800);
  assert.equal(young.budget.hasRoom(), false);
  assert.equal(holder.isCut, false);

  const old = createHolders();
  const slow = old.hold(800, { ageMs: 5000 });
  assert.equal(old.budget.hasRoom(), true);
  assert.equal(slow.isCut, true);
});

test('strangers have a small budget of their own, which costs others nothing', () => {
  const { hold, cuts } = createHolders();
  const known = hold(500, { ageMs: 5000 });
  const strangers = [60, 20, 25].map((bytes) => hold(bytes, { ageMs: 4000, moved: bytes, ofStranger: true }));
  assert.deepEqual(cutOf([known, ...strangers]), [false, false, true, false]);
  assert.deepEqual(cuts, [true]);
});
