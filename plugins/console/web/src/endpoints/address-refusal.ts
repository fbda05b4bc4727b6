/** Why the gateway sends nothing to an address. */
export type AddressRefusal =
  | { readonly kind: 'own' | 'no-ip' }
  | { readonly kind: 'private'; readonly range: string }
  | { readonly kind: 'port'; readonly port: string }
  /** `reason` is in the gateway's own words. */
  | { readonly kind: 'address'; readonly reason: string };

const addressSentence = /but it (?<reason>.+)$/u;
const privateRange = /^is not a public address \((?<range>.+)\)$/u;
const blockedPort = /^uses the blocked port (?<port>\d+)$/u;

/** Whether the message of an error refuses an address, and not its form. */
export const isAddressRefusal = (message: string): boolean => addressSentence.test(message);

/** The refusal that the gateway has put into a sentence. */
export function addressRefusal(message: string): AddressRefusal {
  const reason = addressSentence.exec(message)?.groups?.reason ?? message;
  const range = privateRange.exec(reason)?.groups?.range;
  if (range !== undefined) return { kind: 'private', range };
  const port = blockedPort.exec(reason)?.groups?.port;
  if (port !== undefined) return { kind: 'port', port };
  if (reason === 'is this gateway itself') return { kind: 'own' };
  if (reason === 'is not an IP address') return { kind: 'no-ip' };
  return { kind: 'address', reason };
}
