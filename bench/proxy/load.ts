import { join } from 'node:path';
import type { Releases } from '../../src/releases.ts';
import { forkContestant } from '../support/contestant.ts';
import { connections, type LoadResult, type Shot } from '../support/load.ts';

/** Load on a server, from a process of its own that lives as long as the suite. Rejects when an answer was not 200. */
export interface Load {
  /** Keeps 64 connections busy. */
  busy(shot: Shot, seconds: number): Promise<LoadResult>;
  /** Sends so many requests a second over 64 connections; latencies count from when a request was due. */
  paced(shot: Shot, seconds: number, perSecond: number): Promise<LoadResult>;
}

export function startLoad(releases: Releases): Load {
  const generator = forkContestant(join(import.meta.dirname, 'generator.ts'), {}, releases);
  const task = (shot: Shot, seconds: number) => ({ url: shot.url, request: toRequest(shot), connections, seconds });
  return {
    busy: (shot, seconds) => generator.ask({ do: 'busy', ...task(shot, seconds) }),
    paced: (shot, seconds, perSecond) => generator.ask({ do: 'paced', ...task(shot, seconds), perSecond }),
  };
}

/** A request without a body, as it goes out. */
export function toRequest({ url, method = 'GET', headers = {} }: Shot): string {
  const { host, pathname, search } = new URL(url);
  const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
