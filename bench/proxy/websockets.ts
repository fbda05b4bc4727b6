import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contestant, forkContestant } from '../support/contestant.ts';
import { type Findings, grouped } from '../support/findings.ts';
import type { Shot } from '../support/load.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { toRequest } from './load.ts';
import { collectable, type Memory, memoryAtRest } from './memory-at-rest.ts';
import type { SocketTask } from './socket-client.ts';
import { type Stage, shotAt, shotThrough } from './stage.ts';
import { measureVanishing } from './vanishing.ts';

const wanted = 10_000;
const warmUp = 200;
/** Files that a gateway needs in addition to two for each WebSocket. */
const otherFiles = 500;

/** One server with its WebSockets. */
interface Side {
  readonly name: string;
  readonly server: ServerProcess;
  readonly client: Contestant;
  readonly task: SocketTask;
}

const none: Memory = { resident: Number.NaN, used: Number.NaN };

interface Held {
  readonly name: string;
  readonly openedPerSecond: number;
  /** Without WebSockets, with all of them, and after they are closed. */
  readonly memory: readonly [Memory, Memory, Memory];
}

/** Measures the cost of idle WebSockets, and leaks after clients that disconnect. */
export async function measureWebSockets(stage: Stage): Promise<Findings> {
  const limit = openFilesLimit();
  const count = Math.min(wanted, Math.floor((limit - otherFiles) / 2));
  const held = await hold(stage, count);
  const vanishing = await measureVanishing(stage);
  const shortage = `The goal was ${grouped(wanted)}, but a process here may open ${grouped(limit)} files, and each WebSocket takes two.`;
  return {
    circumstances: [
      `WebSockets: idle, opened over raw sockets, each with one message and its response; memory after a collection: before, with them, and after; "used" is the share of objects and buffers.${count < wanted ? ` ${shortage}` : ''}`,
      ...vanishing.circumstances,
    ],
    tables: [
      {
        columns: ['Idle WebSockets', 'held', 'opened/s', 'resident MB', 'KB each', 'used MB', 'KB each'],
        rows: held.map((each) => toRow(each, count)),
      },
      ...vanishing.tables,
    ],
    bounds: vanishing.bounds,
  };
}

/** The limit of open files: Node raises its soft limit to the hard limit. */
function openFilesLimit(): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

async function hold(stage: Stage, count: number): Promise<Held[]> {
  const [first, second] = [await stage.start('socket-backend.ts'), await stage.start('socket-backend.ts')];
  const gateway = await stage.startGateway({ sockets: first.url }, collectable);
  const express = await stage.start('contenders/express.ts', { BACKEND: second.url, ...collectable });
  const side = (name: string, server: ServerProcess, shot: Shot): Side => ({
    name,
    server,
    client: forkContestant(join(import.meta.dirname, 'socket-client.ts'), {}, stage.releases),
    task: { url: shot.url, request: toUpgrade(shot), count },
  });
  const sides = [
    side('hookgate', gateway.server, shotThrough(gateway, 'sockets')),
    side('Express + http-proxy-middleware', express, shotAt(express)),
  ];
  const look = (): Promise<Memory[]> => Promise.all(sides.map(({ server }) => memoryAtRest(server)));
  for (const { client, task } of sides) {
    await client.ask({ do: 'open', ...task, count: warmUp });
    await client.ask({ do: 'close' });
  }
  const before = await look();
  const openedPerSecond: number[] = [];
  for (const each of sides) openedPerSecond.push(await openAll(each));
  const during = await look();
  for (const { client } of sides) await client.ask({ do: 'close' });
  const after = await look();
  for (const { client } of sides) client.process.kill();
  for (const server of [gateway.server, express, first, second]) await server.stop();
  return sides.map(({ name }, index) => ({
    name,
    openedPerSecond: openedPerSecond[index] ?? Number.NaN,
    memory: [before[index] ?? none, during[index] ?? none, after[index] ?? none],
  }));
}

/** Opens all WebSockets; resolves to their number per second once each has returned a message. */
async function openAll({ name, client, task }: Side): Promise<number> {
  process.stderr.write(`WebSockets: ${name}\n`);
  const startedAt = performance.now();
  await client.ask({ do: 'open', ...task });
  const seconds = (performance.now() - startedAt) / 1000;
  const { echoed } = await client.ask<{ echoed: number }>({ do: 'echo' });
  if (echoed !== task.count) throw new Error(`${name}: ${echoed} of ${task.count} WebSockets returned the message.`);
  return task.count / seconds;
}

const toUpgrade = (shot: Shot): string =>
  toRequest({
    ...shot,
    headers: {
      ...shot.headers,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    },
  });

const toRow = ({ name, openedPerSecond, memory: [before, during, after] }: Held, count: number): string[] => [
  name,
  grouped(count),
  openedPerSecond.toFixed(0),
  `${before.resident.toFixed(0)} → ${during.resident.toFixed(0)}`,
  (((during.resident - before.resident) * 1000) / count).toFixed(1),
  `${before.used.toFixed(0)} → ${during.used.toFixed(0)} → ${after.used.toFixed(0)}`,
  (((during.used - before.used) * 1000) / count).toFixed(1),
];
