import { createApp } from './app.ts';
import { readEnvironment } from './cli/environment.ts';
import { installedPlugins } from './cli/installed-plugins.ts';
import type { Plugin } from './plugin.ts';
import type { Environment } from './settings.ts';

export type { Plugin } from './plugin.ts';
export type { Environment } from './settings.ts';

export interface GatewayOptions {
  /** Settings. Default: the environment, completed from `.env` in the working directory. */
  env?: Environment;
  /** Plugins besides the included ones and those of `PLUGINS_DIR` and `PLUGINS`. */
  plugins?: readonly Plugin[];
}

/** A gateway that serves in this process. */
export interface Gateway {
  /** Its port, also where `PORT` is 0. */
  readonly port: number;
  /**
   * Reloads the targets file and the TLS certificate. Returns false if one of them is invalid: the old one stays, and the log
   * has the reason.
   */
  reload(): boolean;
  /** Ends requests in flight, then releases every resource. */
  close(): Promise<void>;
}

/**
 * Starts a gateway as `hookgate start` does, in this process alone (`WORKERS` is not used), and resolves once it listens. Signals
 * stay with the caller. Rejects with `StartError` or `SettingsError`, both with a message for the operator.
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { env = readEnvironment(process.env), plugins = [] } = options;
  const loaded = await installedPlugins(env);
  const app = await createApp({
    env,
    plugins: [...loaded.map(({ plugin }) => plugin), ...plugins],
    sources: new Map(loaded.map(({ plugin, source }) => [plugin, source])),
  });
  try {
    const { port } = await app.start();
    return { port, reload: () => app.reload(), close: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}
