import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The relay's own answer to a statement, which does not reach the server. */
export interface Refusal {
  /** Number of the error. */
  errno: number;
  /** Closes the connection after the answer. */
  closes?: boolean;
}

/** A TCP relay that reads the statements of the MySQL protocol, without TLS, and may answer in the server's place. */
export interface MysqlRelay {
  readonly port: number;
  /** Number of accepted connections. */
  readonly accepted: number;
  /** Chooses the answer to each statement, or none; undefined: the server's. */
  script(choose: (sql: string) => Refusal | 'silence' | undefined): void;
  /** Answers every new connection with this error in place of the handshake; undefined: no longer. */
  refuseConnections(errno: number | undefined): void;
  close(): void;
}

const comQuery = 3;

export async function createMysqlRelay(port: number): Promise<MysqlRelay> {
  const open = new Set<Socket>();
  let accepted = 0;
  let choose: (sql: string) => Refusal | 'silence' | undefined = () => undefined;
  let refused: number | undefined;

  const server = createServer((client) => {
    accepted += 1;
    client.on('error', () => undefined);
    open.add(client);
    if (refused !== undefined) return void client.end(errorPacket(refused, 0));
    const upstream = connect(port, '127.0.0.1').on('error', () => undefined);
    open.add(upstream);
    upstream.on('data', (data) => client.write(data));
    upstream.on('close', () => open.delete(upstream) && client.destroy());
    client.on('close', () => open.delete(client) && upstream.destroy());
    readPackets(client, (packet) => {
      const refusal = isQuery(packet) ? choose(textOf(packet)) : undefined;
      if (!refusal) return void upstream.write(packet);
      if (refusal === 'silence') return;
      const answer = errorPacket(refusal.errno, 1);
      if (refusal.closes) client.end(answer, () => upstream.destroy());
      else client.write(answer);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    script: (next) => {
      choose = next;
    },
    refuseConnections: (errno) => {
      refused = errno;
    },
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** A command begins a sequence; the client's packets of the handshake have later numbers. */
const isQuery = (packet: Buffer): boolean => packet[3] === 0 && packet[4] === comQuery;

/** The statement; MySQL's clients write the number of its attributes before it. */
const textOf = (packet: Buffer): string => packet.toString('utf8', 5).replace(/^[\0\x01]+/, '');

function readPackets(socket: Socket, handle: (packet: Buffer) => void): void {
  let buffer: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    while (buffer.length >= 4 && buffer.length >= 4 + buffer.readUIntLE(0, 3)) {
      const length = 4 + buffer.readUIntLE(0, 3);
      handle(buffer.subarray(0, length));
      buffer = buffer.subarray(length);
    }
  });
}

function errorPacket(errno: number, sequence: number): Buffer {
  const state = sequence === 0 ? '' : '#HY000';
  const body = Buffer.concat([
    Buffer.from([0xff, errno & 0xff, errno >> 8]),
    Buffer.from(`${state}an error of the test`),
  ]);
  return Buffer.concat([Buffer.from([body.length, 0, 0, sequence]), body]);
}
