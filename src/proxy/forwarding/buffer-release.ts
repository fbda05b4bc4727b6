import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { type: 'minor' }) => void;

const everyBytes = 8 * 1024 * 1024;

/**
 * To be told of the bytes of large bodies as they pass; has young objects collected after every 8 MB of them. Node reads
 * sockets into buffers outside V8's heap. To the collector the objects that stand for them are small and few, so that it
 * waits until some 100 MB of buffers have piled up that nobody needs. Collecting the young takes about a millisecond.
 */
export function createBufferRelease(): (bytes: number) => void {
  // Node offers the function in no other way, except as an option of its command line.
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
