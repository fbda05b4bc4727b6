// Imported first in every process: the compile cache is valid for one set of flags only. Plain JavaScript, because
// TypeScript loaded before that cache is enabled would be compiled at every start.
import { setFlagsFromString } from 'node:v8';

// Allocation-site pretenuring allocates objects directly in the old generation if earlier ones from the same site
// survived. Under load this hits objects that live as long as a request. They keep young objects alive until the next
// full collection: 4 KB of every request were copied twice, with pauses of 8 ms instead of 1 ms, in some processes and
// not in others.
setFlagsFromString('--no-allocation-site-pretenuring');

// V8 discards bytecode that has not run for some seconds. After a quiet period the first requests took three times as
// long, and recompilation went on for seconds. Keeping the bytecode takes no more memory at rest.
setFlagsFromString('--no-flush-bytecode');

// After eight idle seconds V8 runs two full collections to return memory: pauses of 20 to 50 ms were measured, and heap
// limits so low afterwards that the next calls met three more full collections. A delay of a minute makes this rarer.
setFlagsFromString('--memory-reducer-delay-ms=60000');
