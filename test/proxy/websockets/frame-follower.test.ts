import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeFrame, FrameFollower } from '../../../src/proxy/websockets/frame-follower.ts';

function frame(opcode: number, length: number, isMasked: boolean): Buffer {
  const long = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8);
  if (long.length === 2) long.writeUInt16BE(length);
  if (long.length === 8) long.writeBigUInt64BE(BigInt(length));
  const short = [length, 0, 126, 0, 0, 0, 0, 0, 127][long.length] as number;
  const head = Buffer.from([0x80 | opcode, short | (isMasked ? 0x80 : 0)]);
  return Buffer.concat([head, long, Buffer.alloc(isMasked ? 4 : 0, 1), Buffer.alloc(length, 0x88)]);
}

test('frame boundaries are found in chunks of any size', () => {
  const lengths = [0, 1, 125, 126, 65_535, 65_536];
  const frames = lengths.flatMap((length) => [frame(2, length, false), frame(1, length, true)]);
  const bytes = Buffer.concat(frames);
  const ends = new Set(frames.map((_, index) => Buffer.concat(frames.slice(0, index + 1)).length));
  for (const size of [1, 2, 3, 7, 1000, bytes.length]) {
    const follower = new FrameFollower();
    for (let from = 0; from < bytes.length; from += size) {
      follower.pass(bytes.subarray(from, from + size));
      assert.equal(follower.isBetween, ends.has(Math.min(from + size, bytes.length)), `${size} at ${from}`);
    }
    assert.ok(!follower.hasClosed);
    follower.pass(closeFrame(1001));
    assert.ok(follower.hasClosed && follower.isBetween);
  }
});

test('the end of the current frame is found in the middle of a chunk', () => {
  const follower = new FrameFollower();
  follower.pass(frame(2, 1000, false).subarray(0, 500));
  const rest = Buffer.concat([frame(2, 1000, false).subarray(500), frame(2, 5, false)]);
  assert.equal(follower.next(rest, 0), 504);
  assert.ok(follower.isBetween);
});
