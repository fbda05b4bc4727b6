import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { type: 'minor' }) => void;

const everyBytes = 8 * 1024 * 1024;

/**
 * Returns a function that counts the bytes of large bodies as they pass, and forces a minor collection after every 8
 * MB. Node reads sockets into buffers outside V8's heap; the objects that represent them are small and few, so the
 * collector would let some 100 MB of unused buffers pile up. A minor collection takes about a millisecond.
 */
export function createBufferRelease(): (bytes: number) => void {
  // Node exposes `gc` in no other way, except by an option on its command line.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  let passed = 0;
  return (bytes) => {
    passed += bytes;
    if (passed < everyBytes) return;
    passed = 0;
    collect({ type: 'minor' });
  };
}
