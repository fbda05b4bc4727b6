import type { Socket } from 'node:net';

export interface RoomLimits {
  /** Connections of this process. */
  readonly connections: number;
  /** Connections of one network. */
  readonly perNetwork: number;
  /** Unit that shares `perNetwork`; undefined for peers that no share applies to. */
  networkOf(address: string): string | undefined;
  /** Of the connections that `accepts` names, the one whose client has kept a request waiting longest. */
  findSlowest(accepts: (socket: Socket) => boolean): Socket | undefined;
  /** A connection was closed or refused for lack of room; `network` is undefined if the whole process is full. */
  onFull(network: string | undefined): void;
}

export interface ConnectionRoom {
  /**
   * Takes a new connection in. Without room, the connection that has been idle longest is closed: one of the same network if
   * that network has its share, else any. With no idle one, it is the connection whose client has kept a request waiting
   * longest; without one, the new connection itself.
   */
  enter(socket: Socket): void;
  /** `socket` takes the place of a connection inside, which is idle. */
  replace(before: Socket, socket: Socket): void;
  /** A request has arrived: the connection is not idle. */
  work(socket: Socket): void;
  /** The connection's last request has been answered. */
  rest(socket: Socket): void;
}

interface Network {
  readonly name: string;
  connections: number;
  /** The longest idle first. */
  readonly idle: Set<Socket>;
}

/** Bounds connections so that idle ones never keep newcomers out, and no network takes the room of all others. */
export function createConnectionRoom(limits: RoomLimits): ConnectionRoom {
  const { connections: most, perNetwork, networkOf, onFull } = limits;
  const inside = new Map<Socket, Network | undefined>();
  const networks = new Map<string, Network>();
  /** The longest idle first. A connection is idle from its first moment, also while a head arrives. */
  const idle = new Set<Socket>();

  function leave(socket: Socket): void {
    const network = inside.get(socket);
    if (!inside.delete(socket)) return;
    idle.delete(socket);
    if (!network) return;
    network.idle.delete(socket);
    network.connections -= 1;
    if (network.connections === 0) networks.delete(network.name);
  }

  /** Closes the longest idle or the slowest connection, of one network or of all. Returns false if there is none. */
  function closeOne(network: Network | undefined): boolean {
    const [longestIdle] = network ? network.idle : idle;
    const socket =
      longestIdle ??
      limits.findSlowest((other) => inside.has(other) && (network === undefined || inside.get(other) === network));
    if (!socket) return false;
    leave(socket);
    socket.destroy();
    return true;
  }

  function findNetwork({ remoteAddress }: Socket): Network | undefined {
    const name = networkOf(remoteAddress ?? '');
    if (name === undefined) return undefined;
    const known = networks.get(name) ?? { name, connections: 0, idle: new Set() };
    networks.set(name, known);
    return known;
  }

  function rest(socket: Socket): void {
    if (!inside.has(socket)) return;
    idle.add(socket);
    inside.get(socket)?.idle.add(socket);
  }

  return {
    enter(socket) {
      const network = findNetwork(socket);
      inside.set(socket, network);
      socket.once('close', () => leave(socket));
      if (network) network.connections += 1;
      const isOverShare = network !== undefined && network.connections > perNetwork;
      if (isOverShare || inside.size > most) {
        onFull(isOverShare ? network.name : undefined);
        if (!closeOne(isOverShare ? network : undefined)) {
          leave(socket);
          socket.destroy();
          return;
        }
      }
      rest(socket);
    },
    replace(before, socket) {
      if (!inside.has(before)) return;
      const network = inside.get(before);
      inside.delete(before);
      idle.delete(before);
      network?.idle.delete(before);
      inside.set(socket, network);
      socket.once('close', () => leave(socket));
      rest(socket);
    },
    work(socket) {
      idle.delete(socket);
      inside.get(socket)?.idle.delete(socket);
    },
    rest,
  };
}
