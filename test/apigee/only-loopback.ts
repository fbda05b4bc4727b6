// Imported by processes that run packages of others: their connections reach the loopback address and nothing else.
import { Socket } from 'node:net';

const { connect } = Socket.prototype;

/** The host of a call of `connect`, whose first argument is the options, or a list that begins with them. Undefined: a pipe. */
function hostOf(first: unknown): string | undefined {
  const options = (Array.isArray(first) ? first[0] : first) as { path?: string | null; host?: string };
  return options.path ? undefined : (options.host ?? 'localhost');
}

Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
  const host = hostOf(args[0]);
  if (host === undefined || host === '127.0.0.1') return Reflect.apply(connect, this, args);
  return this.destroy(new Error(`connection to ${host} refused: this process reaches the loopback address only`));
} as typeof connect;
