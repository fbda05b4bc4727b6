import type { Foundation } from '../foundation.ts';
import { CertificateError, isoTime, readCertificate } from '../tls/certificate.ts';
import { daysLeft } from '../tls/expiry-log.ts';
import { modeForOthers } from '../tls/key-mode.ts';
import { filesOf } from '../tls/open-tls.ts';
import type { CommandLine } from './command-line.ts';

/** Reads the TLS certificate and its key, and prints the names and the time left. Returns false for a bad pair. */
export function checkTls({ config, now }: Foundation, print: CommandLine['print']): boolean {
  const files = filesOf(config);
  if (!files) return true;
  try {
    const at = now() / 1000;
    const certificate = readCertificate(files, at);
    const { subject, names, notAfter } = certificate;
    print(`tls         ok (${[subject, ...names].join(', ')})`);
    print(`tls         valid until ${isoTime(notAfter)}, ${daysLeft(certificate, at)} days left`);
    const mode = modeForOthers(files.keyFile);
    if (mode) print(`tls         other users of this machine can use ${files.keyFile} (mode ${mode})`);
    return true;
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    print(`tls         failed: ${error.message}`);
    return false;
  }
}
