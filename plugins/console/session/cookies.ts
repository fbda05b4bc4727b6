import type { Request, Response } from '../../../src/plugin.ts';

const loopback = /^https?:\/\/(?:localhost|[^/]+\.localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

/** Browsers keep cookies of 4096 bytes, name included. */
export const maxCookieValue = 4000;
const validValue = /^[\w.-]+$/;

/** A cookie at the origin by which the browser knows the gateway. */
export interface Cookie {
  /** Its value; undefined without one, and if several differ: another host of the same site has set one of them. */
  read(req: Pick<Request, 'headers'>): string | undefined;
  /** `seconds`: lifetime. */
  write(res: Response, value: string, seconds: number): void;
  clear(res: Response): void;
}

interface Kind {
  name: string;
  /** Only calls below it get the cookie. */
  path: string;
  sameSite: 'strict' | 'lax';
}

const cookieOf =
  ({ name, path, sameSite }: Kind) =>
  (publicOrigin: string): Cookie => {
    // Plain HTTP of this machine needs no TLS, and often has none.
    const secure = publicOrigin.startsWith('https:') || !loopback.test(publicOrigin);
    const fullName = secure ? `__Secure-${name}` : name;
    const options = { httpOnly: true, sameSite, secure, path } as const;
    return {
      read({ headers }) {
        const values = new Set(valuesOf(headers.cookie ?? '', fullName));
        const [value = ''] = values;
        return values.size === 1 && value.length <= maxCookieValue && validValue.test(value) ? value : undefined;
      },
      write: (res, value, seconds) => void res.cookie(fullName, value, { ...options, maxAge: seconds * 1000 }),
      clear: (res) => void res.clearCookie(fullName, options),
    };
  };

/** Keeps a session. */
export const sessionCookie = cookieOf({ name: 'hookgate_session', path: '/console/session', sameSite: 'strict' });

/** Keeps an attempt to sign in while the browser is at the identity provider, whose redirect comes from another site. */
export const attemptCookie = cookieOf({ name: 'hookgate_sign_in', path: '/console/session/oidc', sameSite: 'lax' });

const valuesOf = (header: string, wanted: string): string[] =>
  header.split(';').flatMap((pair) => {
    const [key, ...value] = pair.trim().split('=');
    return key === wanted ? [value.join('=')] : [];
  });
