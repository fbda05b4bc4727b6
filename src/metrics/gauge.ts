import type { Registry } from 'prom-client';
import { Gauge } from '../packages/prometheus.ts';

export interface GaugeParts {
  name: string;
  help: string;
  /** The value of several processes together. */
  aggregator: 'sum' | 'min' | 'max';
  /** Called at each scrape; undefined: no value at present. */
  read: () => number | undefined | Promise<number | undefined>;
}

export function registerGauge(registry: Registry, { read, ...parts }: GaugeParts): void {
  new Gauge({
    ...parts,
    registers: [registry],
    async collect() {
      const value = await read();
      if (value === undefined) this.remove();
      else this.set(value);
    },
  });
}
