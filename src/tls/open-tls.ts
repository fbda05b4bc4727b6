import { randomBytes } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { Registry } from 'prom-client';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { Gauge } from '../packages/prometheus.ts';
import { type Environment, SettingsError } from '../settings.ts';
import { type Certificate, CertificateError, type CertificateFiles, readCertificate } from './certificate.ts';
import { contextOptions, ticketKeys } from './context-options.ts';
import { openCertificate } from './served-certificate.ts';

/** TLS of the gateway's port. */
export interface Tls {
  /** Settings for the certificate that is served now. */
  context(): SecureContextOptions;
  /** Reads the files again. Returns false for a bad pair, which changes nothing. */
  reload(): boolean;
  /** Passes the settings for each new certificate to `exchange`. Returns a function that stops this. */
  follow(exchange: (context: SecureContextOptions) => void): () => Promise<void>;
  /** Adds the metric of the certificate's end. */
  measure(metrics: Registry): void;
}

type Settings = Pick<Config, 'TLS_CERT_FILE' | 'TLS_KEY_FILE'>;

export interface TlsParts {
  readonly logger: Logger;
  /** Microseconds since 1970. */
  readonly now: () => number;
  /** Equal in all processes of one gateway. */
  readonly ticketSeed?: Buffer | undefined;
}

/** Undefined without a certificate in the settings. Throws `CertificateError` for a bad pair. */
export function openTls(settings: Settings, { logger, now, ticketSeed = randomBytes(32) }: TlsParts): Tls | undefined {
  const files = filesOf(settings);
  if (!files) return undefined;
  const served = openCertificate({ files, logger, now });
  const contextOf = (certificate: Certificate): SecureContextOptions => ({
    ...contextOptions(certificate),
    ticketKeys: ticketKeys(ticketSeed, certificate.fingerprint),
  });
  return {
    context: () => contextOf(served.current),
    reload: served.reload,
    follow: (exchange) => served.follow((next) => exchange(contextOf(next))),
    measure: (metrics) => measureExpiry(metrics, () => served.current),
  };
}

export function measureExpiry(metrics: Registry, current: () => Pick<Certificate, 'notAfter'>): void {
  new Gauge({
    name: 'hookgate_tls_certificate_expiry_seconds',
    help: 'Unix time of the end of the TLS certificate.',
    aggregator: 'min',
    registers: [metrics],
    collect() {
      this.set(current().notAfter / 1000);
    },
  });
}

/** The files that the settings name; undefined without them. */
export const filesOf = ({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile }: Settings): CertificateFiles | undefined =>
  certFile && keyFile ? { certFile, keyFile } : undefined;

/** Returns a check of the files that `TLS_CERT_FILE` and `TLS_KEY_FILE` name. It throws `SettingsError` for a bad pair. */
export function checkTlsFiles(now: () => number = () => Date.now() * 1000): (env: Environment) => void {
  return (env) => {
    const files = filesOf(env as Settings);
    try {
      if (files) readCertificate(files, now() / 1000);
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      const { setting, file, reason } = error;
      throw new SettingsError([{ name: setting, value: file, expected: reason }]);
    }
  };
}
