import { join } from 'node:path';
import type { Releases } from '../../src/lifecycle/releases.ts';
import { forkContestant } from '../support/contestant.ts';
import { connections, type LoadResult, type Shot } from '../support/load.ts';
import { runWrk } from './wrk.ts';

/** Load on a server, from processes of its own. Rejects when an answer was no good one. */
export interface Load {
  /** Keeps 64 connections busy. */
  busy(shot: Shot, seconds: number): Promise<LoadResult>;
  /** Sends so many requests a second over 64 connections; latencies count from when a request was due. */
  paced(shot: Shot, seconds: number, perSecond: number): Promise<LoadResult>;
}

export function startLoad(releases: Releases): Load {
  const generator = forkContestant(join(import.meta.dirname, 'generator.ts'), {}, releases);
  return {
    busy: runWrk,
    paced: (shot, seconds, perSecond) =>
      generator.ask({ do: 'paced', url: shot.url, request: toRequest(shot), connections, seconds, perSecond }),
  };
}

/** A request without a body, as it goes out. */
export function toRequest({ url, method = 'GET', headers = {} }: Shot): string {
  const { host, pathname, search } = new URL(url);
  const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
