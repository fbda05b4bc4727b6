import { createInterface } from 'node:readline';

/** Asks on the terminal. Resolves to the line that was typed, or to an empty text at Ctrl+D and Ctrl+C. */
export function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  return new Promise((resolve) => {
    terminal.once('close', () => resolve(''));
    terminal.question(question, (answer) => {
      resolve(answer);
      terminal.close();
    });
  });
}
