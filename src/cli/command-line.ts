import type { Environment } from '../settings.ts';

/** What a command is given by the process that runs it. */
export interface CommandLine {
  args: readonly string[];
  env: Environment;
  print(text: string): void;
  /** Registers what ends a running server; called once. */
  onSignal(stop: () => void): void;
  /** Registers what makes a running server read its files again; called once. */
  onReload?(reload: () => void): void;
}
