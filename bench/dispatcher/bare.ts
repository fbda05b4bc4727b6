// A plain loop of POSTs with the dispatcher's concurrency.

import { answerQuestions } from '../support/contestant.ts';
import { createPoster } from './poster.ts';
import { concurrency, payloadBytes, payloadOf } from './runner.ts';

const payload = payloadOf(payloadBytes);

answerQuestions({
  async start({ target, count }: { target: string; count: number }) {
    const post = createPoster(target);
    let left = count;
    const loop = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await post(payload);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, loop));
    return {};
  },
});
