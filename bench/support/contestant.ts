import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Releases } from '../../src/lifecycle/releases.ts';

/** A script of a suite in a separate process, which gets commands and returns measurements. */
export interface Contestant {
  readonly process: ChildProcess;
  ask<Answer>(question: object): Promise<Answer>;
}

/** `script` is an absolute path. */
export function forkContestant(
  script: string,
  env: Readonly<Record<string, string>>,
  releases: Releases,
  nodeOptions: readonly string[] = [],
): Contestant {
  const child = fork(script, { env: { PATH: process.env.PATH, ...env }, execArgv: [...nodeOptions] });
  releases.add(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  });
  return {
    process: child,
    async ask<Answer>(question: object): Promise<Answer> {
      const over = new AbortController();
      const answered = once(child, 'message', over);
      const ended = once(child, 'exit', over).then(([code]) => {
        throw new Error(`${script} ended with code ${code}`);
      });
      child.send(question);
      try {
        const [answer] = (await Promise.race([answered, ended])) as [Answer & { error?: string }];
        if (answer.error) throw new Error(`${script}: ${answer.error}`);
        return answer;
      } finally {
        over.abort();
        await Promise.allSettled([answered, ended]);
      }
    },
  };
}

/** The side of the script: handles one question after the other. */
export function answerQuestions(handlers: Readonly<Record<string, (question: never) => Promise<object>>>): void {
  process.on('message', (question: { do: string }) => {
    const handle = handlers[question.do];
    const work = handle ? handle(question as never) : Promise.reject(new Error(`unknown question: ${question.do}`));
    work.then(
      (answer) => process.send?.(answer),
      (error: Error) => process.send?.({ error: error.stack ?? error.message }),
    );
  });
  process.on('disconnect', () => process.exit());
}

/** Milliseconds of the monotonic clock that all processes of a machine share. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
