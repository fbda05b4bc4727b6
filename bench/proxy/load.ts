import { join } from 'node:path';
import type { Releases } from '../../src/lifecycle/releases.ts';
import { forkContestant } from '../support/contestant.ts';
import { connections, type LoadResult, type Shot } from '../support/load.ts';
import { runWrk } from './wrk.ts';

/** Puts load on a server from separate processes. Rejects if a response failed. */
export interface Load {
  /** Keeps 64 connections busy for `seconds`. */
  busy(shot: Shot, seconds: number): Promise<LoadResult>;
  /** Sends `perSecond` requests a second over 64 connections; latencies count from the due time of a request. */
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

/** The bytes of a request without a body. */
export function toRequest({ url, method = 'GET', headers = {} }: Shot): string {
  const { host, pathname, search } = new URL(url);
  const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
