// Part of every process, before anything is loaded: what the compile cache keeps is good for one set of flags. Plain JavaScript,
// like whatever comes before that cache.
import { setFlagsFromString } from 'node:v8';

// V8 looks at which places in the code make objects that last, and makes those of such a place old from the start. Under load it
// comes to believe that of objects that last as long as a request. An old object keeps the young ones alive that it points to,
// until the next full collection: of every request 4 KB were then copied twice, in pauses of 8 ms instead of 1. Whether and when
// a process fell into this was up to chance.
setFlagsFromString('--no-allocation-site-pretenuring');

// When there is little to do, V8 throws away code that has not run for some seconds. The first requests after a quiet time then
// took three times as long, and it was seconds until all was compiled again. Keeping it takes no more memory at rest.
setFlagsFromString('--no-flush-bytecode');

// Once V8 finds eight seconds quiet, it collects everything twice to give memory back; seen with pauses of 20 to 50 ms, and with
// limits so narrow afterwards that the next calls met three more full collections. After a minute it happens less often.
setFlagsFromString('--memory-reducer-delay-ms=60000');
