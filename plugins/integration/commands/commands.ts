import type { Command } from '../../../src/plugin.ts';
import { failingEndpoints } from './failing-endpoints.ts';
import { listDeliveries } from './list-deliveries.ts';
import { redeliver } from './redeliver.ts';
import { showDelivery } from './show-delivery.ts';
import { printable } from './terminal-text.ts';

/** Each call prints one line, and no text from outside reaches the terminal as a control character. */
const printingSafely = (command: Command): Command => ({
  ...command,
  run: (context, input) => command.run({ ...context, print: (line) => context.print(printable(line)) }, input),
});

/** Commands for operators. They work on the database, beside running gateways or without one. */
export const commands: readonly Command[] = [listDeliveries, showDelivery, redeliver, failingEndpoints].map(
  printingSafely,
);
