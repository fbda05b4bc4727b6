import { constants, hkdfSync } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';

/** TLS 1.3, and of TLS 1.2 the suites with forward secrecy and authenticated encryption. */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** Settings of TLS for a certificate and its key, both in PEM. */
export const contextOptions = ({ cert, key }: { cert: string; key: string }): SecureContextOptions => ({
  cert,
  key,
  ciphers,
  minVersion: 'TLSv1.2',
  // Every renegotiation costs the server a signature, and no client needs one.
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  sessionIdContext: 'hookgate',
  sessionTimeout: 300,
});

/**
 * Keys of session tickets: processes with an equal `seed` resume each other's sessions, and a new certificate ends all
 * sessions, so that every client sees it.
 */
export const ticketKeys = (seed: Buffer, fingerprint: string): Buffer =>
  Buffer.from(hkdfSync('sha256', seed, fingerprint, 'hookgate session tickets', 48));
