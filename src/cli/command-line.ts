import type { Environment } from '../settings.ts';

/** Interface between a command and the process that runs it. */
export interface CommandLine {
  args: readonly string[];
  env: Environment;
  /** Standard output is a terminal. Default false. */
  isTerminal?: boolean;
  print(text: string): void;
  /** Prints to standard error. */
  warn?(text: string): void;
  /** Where a setting has its value from, in words. */
  origin?(name: string): string;
  /** Registers the callback for SIGTERM and SIGINT; called once. */
  onSignal(stop: () => void): void;
  /** Asks a question on the terminal; absent without one. Resolves to an empty text at the end of the input. */
  ask?(question: string): Promise<string>;
  /** Registers the callback for SIGHUP, which reloads the targets file and the TLS certificate; called once. */
  onReload?(reload: () => void): void;
}
