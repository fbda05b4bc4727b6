import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { StartError } from '../errors.ts';
import { contextOptions } from './context-options.ts';

export interface CertificateFiles {
  /** The server's own certificate, followed by its issuers, in PEM. */
  readonly certFile: string;
  /** The private key of that certificate, in PEM. */
  readonly keyFile: string;
}

/** A certificate with its key, checked: it can be served. */
export interface Certificate {
  /** PEM of the certificates. */
  readonly cert: string;
  /** PEM of the key. */
  readonly key: string;
  readonly subject: string;
  /** Names and addresses that it is valid for, e.g. `DNS:example.com`. */
  readonly names: readonly string[];
  /** SHA-256 of the server's own certificate. */
  readonly fingerprint: string;
  /** Milliseconds since 1970; the earliest end among the certificates of the file. */
  readonly notAfter: number;
  /** Milliseconds from the begin to the end of the certificate. */
  readonly lifetimeMs: number;
}

export type CertificateSetting = 'TLS_CERT_FILE' | 'TLS_KEY_FILE';

/** The pair cannot be served. `reason` never quotes a file. */
export class CertificateError extends StartError {
  readonly setting: CertificateSetting;
  readonly file: string;
  readonly reason: string;

  constructor(setting: CertificateSetting, file: string, reason: string) {
    super(`${setting}=${file}: ${reason}`);
    this.name = 'CertificateError';
    this.setting = setting;
    this.file = file;
    this.reason = reason;
  }
}

const maxBytes = 1024 * 1024;
const begin = '-----BEGIN CERTIFICATE-----';
const end = '-----END CERTIFICATE-----';
const keyBegin = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/;
const encryptedKey = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

/** Reads and checks the pair. `now` in milliseconds since 1970. Throws `CertificateError` with the first problem. */
export function readCertificate({ certFile, keyFile }: CertificateFiles, now: number): Certificate {
  const inCert = (reason: string) => new CertificateError('TLS_CERT_FILE', certFile, reason);
  const inKey = (reason: string) => new CertificateError('TLS_KEY_FILE', keyFile, reason);
  const chain = parseChain(readPem(certFile, inCert), inCert);
  const key = parseKey(readPem(keyFile, inKey), inKey);
  const [own] = chain as [X509Certificate, ...X509Certificate[]];
  if (!own.checkPrivateKey(key)) {
    const place = chain.findIndex((other) => other.checkPrivateKey(key)) + 1;
    if (place === 0) throw inKey(`does not belong to the certificate in ${certFile}`);
    throw inCert(`is in the wrong order: certificate ${place} belongs to the key and has to be the first`);
  }
  checkOrder(chain, inCert);
  checkTimes(chain, now, inCert);
  const pem = {
    cert: chain.map((one) => one.toString()).join(''),
    key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
  try {
    createSecureContext(contextOptions(pem));
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    throw inCert(`cannot be used (${code ?? name})`);
  }
  return {
    ...pem,
    subject: own.subject?.replaceAll('\n', ', ') ?? '',
    names: own.subjectAltName?.split(', ') ?? [],
    fingerprint: own.fingerprint256,
    notAfter: Math.min(...chain.map((one) => Date.parse(one.validTo))),
    lifetimeMs: Date.parse(own.validTo) - Date.parse(own.validFrom),
  };
}

type Problem = (reason: string) => CertificateError;

function readPem(file: string, problem: Problem): string {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw problem('is not a file');
    if (stat.size > maxBytes) throw problem(`is larger than ${maxBytes} bytes`);
    const text = readFileSync(file, 'latin1');
    if (text.trim() === '') throw problem('is empty');
    return text;
  } catch (error) {
    if (error instanceof CertificateError) throw error;
    throw problem(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function parseChain(text: string, problem: Problem): X509Certificate[] {
  const [, ...blocks] = text.split(begin);
  if (blocks.length === 0)
    throw problem(
      keyBegin.test(text) || encryptedKey.test(text)
        ? 'has a private key and no certificate: are TLS_CERT_FILE and TLS_KEY_FILE exchanged?'
        : 'has no certificate in PEM form',
    );
  return blocks.map((block, index) => {
    const length = block.indexOf(end);
    try {
      if (length === -1) throw new Error('incomplete');
      return new X509Certificate(`${begin}${block.slice(0, length)}${end}\n`);
    } catch {
      throw problem(`certificate ${index + 1} is damaged or incomplete`);
    }
  });
}

function parseKey(text: string, problem: Problem): KeyObject {
  if (encryptedKey.test(text)) throw problem('is encrypted: store it without a passphrase (openssl pkey)');
  if (!keyBegin.test(text))
    throw problem(
      text.includes(begin)
        ? 'has a certificate and no private key: are TLS_CERT_FILE and TLS_KEY_FILE exchanged?'
        : 'has no private key in PEM form',
    );
  try {
    return createPrivateKey(text);
  } catch {
    throw problem('the private key is damaged or of an unknown kind');
  }
}

function checkOrder(chain: readonly X509Certificate[], problem: Problem): void {
  for (const [index, issuer] of chain.entries()) {
    const issued = chain[index - 1];
    if (issued && !isIssuedBy(issued, issuer))
      throw problem(
        `is in the wrong order: certificate ${index + 1} did not issue certificate ${index}, and each has to be followed by its issuer`,
      );
  }
}

function isIssuedBy(issued: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function checkTimes(chain: readonly X509Certificate[], now: number, problem: Problem): void {
  for (const [index, { validFrom, validTo }] of chain.entries()) {
    const name = chain.length === 1 ? 'the certificate' : `certificate ${index + 1}`;
    if (now > Date.parse(validTo)) throw problem(`${name} has expired at ${isoTime(Date.parse(validTo))}`);
    if (now < Date.parse(validFrom))
      throw problem(`${name} is not valid before ${isoTime(Date.parse(validFrom))}; is the clock right?`);
  }
}

/** `2026-01-31T00:00:00Z`. */
export const isoTime = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
