import { setFlagsFromString } from 'node:v8';

/**
 * Part of every process, before anything is loaded: what the compile cache keeps is good for one set of flags. Plain JavaScript, like
 * whatever comes before that cache.
 *
 * V8 looks at which places in the code make objects that last, and makes those of such a place old from the start. Under load it
 * comes to believe that of objects that last as long as a request. An old object keeps the young ones alive that it points to, until
 * the next full collection: every request (4 KB of it) was then copied twice, in pauses of 8 ms instead of 1, and cost half as much
 * again. Whether and when a process fell into this was up to chance.
 */
setFlagsFromString('--no-allocation-site-pretenuring');
