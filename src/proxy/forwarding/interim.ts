import type { IncomingHttpHeaders } from 'node:http';
import type { Call } from '../../gateway/call/target.ts';
import { toAnswerHeaders } from '../headers/response-headers.ts';

/** Limits of the interim responses that a client gets to one call. Further ones are dropped. */
const maxPassed = 100;
const maxPassedBytes = 32 * 1024;
/** Limit of the interim responses of an upstream to one call. */
const maxReceived = 1000;

/** The gateway's own headers are for the final response. */
const withoutOwn = { headers: [], cors: undefined, vary: '', match: undefined };

/** Passes interim responses (1xx other than 100 and 101) on to the client of one call, unless it speaks HTTP/1.0. */
export class InterimResponses {
  readonly #call: Call;
  #received = 0;
  #bytes = 0;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Returns false if the upstream has sent too many. */
  pass(status: number, headers: IncomingHttpHeaders): boolean {
    const { req, res } = this.#call;
    this.#received += 1;
    if (this.#received > maxReceived) return false;
    if (this.#received > maxPassed || req.httpVersion !== '1.1' || res.headersSent || res.destroyed) return true;
    // A status of 204 stands for a response without content and its length.
    const lines = toAnswerHeaders(headers, 204, withoutOwn);
    for (const text of lines) this.#bytes += text.length;
    if (this.#bytes > maxPassedBytes) return true;
    try {
      res.writeInformation(status, lines);
    } catch {
      // Node refuses a header that undici accepts: the final response does not depend on it.
    }
    return true;
  }
}
