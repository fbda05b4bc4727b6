import { connect as connectTcp, isIP, type LookupFunction, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { answeredWithin } from '../../answered-within.ts';
import type { Peer, Phases, Silence } from '../model/outcome.ts';
import type { Guard } from './guard.ts';
import type { DnsError, NameResolver } from './name-resolver.ts';
import { createTlsSessions, type KeptSession, type TlsSessions } from './tls-sessions.ts';

/** A failure to connect, with its class for the attempt's outcome. */
export class ConnectError extends Error {
  readonly silence: Silence | 'address_refused';

  constructor(silence: Silence | 'address_refused', message: string) {
    super(message);
    this.name = 'ConnectError';
    this.silence = silence;
  }
}

export interface Connected {
  socket: Socket;
  /** Lets further connections to the origin resume no session for a while; undefined if this one has not. */
  avoidSessions: (() => void) | undefined;
  phases: Pick<Phases, 'dns' | 'connect' | 'tls'>;
  peer: Peer;
}

export interface Connector {
  /** Resolves the host name, checks all its addresses, and connects to one of them. Rejects with a `ConnectError`. */
  connect(origin: URL): Promise<Connected>;
}

const attemptMs = 250;
/** TLS session tickets of one connection. Common servers send two; the work for each would delay other callbacks. */
const maxTickets = 16;
const micros = (from: number): number => Math.round((performance.now() - from) * 1000);

/** `timeoutMs` is one absolute deadline for DNS, TCP and TLS together. */
export function createConnector(parts: {
  guard: Guard;
  names: NameResolver;
  timeoutMs: number;
  sessions?: TlsSessions;
}): Connector {
  const { guard, names, timeoutMs, sessions = createTlsSessions() } = parts;
  // One for all connections: creating it takes a third of the processor time of a new connection.
  let shared: SecureContext | undefined;

  async function addressesOf(hostname: string, port: number): Promise<string[]> {
    const addresses = await answeredWithin(timeoutMs, names.resolve(hostname, timeoutMs), notResolved).catch(
      (error: DnsError) => {
        if (error instanceof ConnectError) throw error;
        throw new ConnectError(error.isTimeout ? 'connect_timeout' : 'dns_failure', error.message);
      },
    );
    if (addresses.length === 0) throw new ConnectError('dns_failure', 'no address found for the name');
    for (const address of addresses) {
      const refusal = guard.refusal(address, port);
      if (refusal) throw new ConnectError('address_refused', `${hostname} ${refusal}`);
    }
    return addresses;
  }

  return {
    async connect(origin) {
      const start = performance.now();
      const isTls = origin.protocol === 'https:';
      const port = Number(origin.port || (isTls ? 443 : 80));
      const hostname = origin.hostname.replace(/^\[|\]$/g, '');
      const addresses = await addressesOf(hostname, port);
      const dns = isIP(hostname) === 0 ? { dns: micros(start) } : {};
      const left = timeoutMs - (performance.now() - start);
      if (isTls) shared ??= createSecureContext();
      const key = `${hostname}:${port}`;
      const tls = isTls && shared ? { context: shared, sessions, origin: key, kept: sessions.find(key) } : undefined;
      const { socket, ...phases } = await open({ hostname, port, tls, addresses, leftMs: left });
      const isResumed = socket instanceof TLSSocket && socket.isSessionReused();
      return {
        socket,
        avoidSessions: isResumed ? () => sessions.avoid(key) : undefined,
        phases: { ...dns, ...phases },
        peer: peerOf(socket, tls?.kept),
      };
    },
  };
}

/** `kept`: the session that the connection may have resumed. */
function peerOf(socket: Socket, kept: KeptSession | undefined): Peer {
  const address = socket.remoteAddress ?? '';
  if (!(socket instanceof TLSSocket)) return { address, tls: undefined };
  const certificateEndsAt = kept && socket.isSessionReused() ? kept.certificateEndsAt : endOfCertificate(socket);
  return { address, tls: { version: socket.getProtocol() ?? '', certificateEndsAt } };
}

/** Microseconds; undefined on a connection that resumed a session. */
function endOfCertificate(socket: TLSSocket): number | undefined {
  const ends = Date.parse(socket.getPeerX509Certificate()?.validTo ?? '');
  return Number.isNaN(ends) ? undefined : ends * 1000;
}

/** Enforces the deadline even on a resolver that ignores its own. */
const notResolved = (): ConnectError => new ConnectError('connect_timeout', 'name resolution timed out');

interface Tls {
  readonly context: SecureContext;
  readonly sessions: TlsSessions;
  /** Host and port, by which sessions are kept. */
  readonly origin: string;
  /** The session to resume. */
  readonly kept: KeptSession | undefined;
}

interface Wanted {
  hostname: string;
  port: number;
  tls: Tls | undefined;
  addresses: readonly string[];
  leftMs: number;
}

function open({
  hostname,
  port,
  tls,
  addresses,
  leftMs,
}: Wanted): Promise<{ socket: Socket; connect: number; tls?: number }> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const options = {
      host: hostname,
      port,
      // Checked addresses only: resolving the name again could give others.
      lookup: answering(addresses),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: attemptMs,
      noDelay: true,
    };
    const isTls = tls !== undefined;
    const socket = isTls ? openTls(tls, options) : connectTcp(options);
    let connect: number | undefined;
    let isDone = false;
    // Sockets are read once more, as at the read timeout.
    const expire = (): void => {
      if (!isDone) fail(new ConnectError('connect_timeout', 'connecting timed out'));
    };
    const timer = setTimeout(() => setImmediate(expire), Math.max(0, leftMs));
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      tls?.sessions.forget(tls.origin);
      reject(error instanceof ConnectError ? error : toConnectError(error, isTls && connect !== undefined));
    };
    // Stays attached, also until undici adds its listener: an `error` event without a listener ends the process.
    socket.on('error', () => undefined);
    socket.once('error', fail);
    socket.once('connect', () => {
      connect = micros(start);
      if (!isTls) done();
    });
    const done = (): void => {
      isDone = true;
      clearTimeout(timer);
      socket.off('error', fail);
      const tcp = connect ?? micros(start);
      resolve({ socket, connect: tcp, ...(isTls ? { tls: micros(start) - tcp } : {}) });
    };
    if (isTls) socket.once('secureConnect', done);
  });
}

function openTls({ context, sessions, origin, kept }: Tls, options: TcpSocketConnectOpts): TLSSocket {
  const { host = '' } = options;
  const socket = connectTls({
    ...options,
    ...(isIP(host) === 0 ? { servername: host.replace(/\.$/, '') } : {}),
    ...(kept ? { session: kept.session } : {}),
    secureContext: context,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  });
  let tickets = 0;
  return socket.on('session', (session) => {
    tickets += 1;
    if (tickets > maxTickets) {
      socket.destroy(new ConnectError('tls_failure', 'too many session tickets'));
      return;
    }
    const isResumed = kept && socket.isSessionReused();
    sessions.keep(origin, session, isResumed ? { resumed: kept } : { certificateEndsAt: endOfCertificate(socket) });
  });
}

const answering =
  (addresses: readonly string[]): LookupFunction =>
  (_hostname, options, callback) => {
    const all = addresses.map((address) => ({ address, family: isIP(address) }));
    if (options.all) callback(null, all);
    else callback(null, all[0]?.address ?? '', all[0]?.family ?? 4);
  };

function toConnectError(error: Error & { code?: string }, isTlsPhase: boolean): ConnectError {
  if (isTlsPhase) return new ConnectError('tls_failure', error.code ?? 'TLS failed');
  const code = error.code ?? 'unknown';
  if (code === 'ETIMEDOUT') return new ConnectError('connect_timeout', code);
  return new ConnectError(code === 'ECONNREFUSED' ? 'connection_refused' : 'connection_lost', code);
}
