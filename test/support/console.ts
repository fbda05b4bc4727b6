import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { IssuedApiKey } from '../../plugins/authentication/keys/api-key-service.ts';
import { console as consolePlugin } from '../../plugins/console/index.ts';
import { integration } from '../../plugins/integration/index.ts';
import type { Environment } from '../../src/settings.ts';
import {
  createReceiver,
  type Receiver,
  type TestAnswer,
  type TestGateway,
  type TestRequest,
} from '../../src/testing/index.ts';
import { basicHeader, startAuthentication } from '../plugins/authentication/authentication-gateway.ts';
import { launchBrowser } from './browser.ts';
import { patient } from './patience.ts';

/** A gateway with the console, a receiver, and one browser. */
export interface Console {
  readonly gateway: TestGateway;
  readonly receiver: Receiver;
  readonly browser: Browser;
  /** Of joe@example.com, with all scopes, in the organizations `myorg` and `second`. */
  readonly key: IssuedApiKey;
  /** Default: the organizations of the key. */
  createKey(scope: string, organizations?: readonly string[]): Promise<IssuedApiKey>;
  /** Calls the API with the key; `path` is below `/api/v1/integration`, or begins with `/v1/`. */
  call(path: string, request?: TestRequest): Promise<TestAnswer>;
  /** Opens a page in a context of its own, where nothing is signed in. */
  visit(options?: BrowserContextOptions): Promise<Visit>;
  close(): Promise<void>;
}

/** A page of the console, and what a test does with it by role and label. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Complaints of the page: reports of its policies, errors and warnings of the console, dialogs of scripts. */
  readonly complaints: string[];
  /** Addresses that the page asked for. */
  readonly requests: string[];
  open(path: string): Promise<void>;
  /** Default: the key of the console, by its e-mail address. */
  signIn(key?: IssuedApiKey): Promise<void>;
  /** Goes to a page by the navigation. */
  go(link: string): Promise<void>;
  button(name: string | RegExp, within?: Locator): Locator;
  /** A field by its whole label. */
  field(label: string, within?: Locator): Locator;
  /** The rows of tables that have this text. */
  row(text: string | RegExp): Locator;
  dialog(name: string): Locator;
  /** A dialog that asks before a change. */
  question(name: string): Locator;
  /** Waits until the text is in view. */
  sees(text: string | RegExp, within?: Locator): Promise<void>;
  /** Closes the page, and fails for unexpected complaints. */
  leave(isExpected?: (complaint: string) => boolean): Promise<void>;
}

export const english = { locale: 'en-GB' };
export const turkish = { locale: 'tr-TR' };

const words = {
  'tr-TR': {
    name: 'E-posta veya API anahtarı',
    secret: 'Gizli anahtar',
    signIn: 'Oturum aç',
    signOut: 'Oturumu kapat',
  },
  'en-GB': { name: 'E-mail or API key', secret: 'Secret', signIn: 'Sign in', signOut: 'Sign out' },
} as const;

const email = 'joe@example.com';
const timeoutMs = 20_000;

/** `env`: further settings. Retries wait for ten minutes. */
export async function startConsole(env: Environment = {}): Promise<Console> {
  const browser = await launchBrowser();
  const receiver = await createReceiver();
  const own = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_RETRY_INTERVAL_MS: '600000', ...env };
  const { gateway, createKey } = await startAuthentication({ env: own, plugins: [consolePlugin, integration] });
  const keyOf = (scope: string, organizations: readonly string[] = ['myorg', 'second']): Promise<IssuedApiKey> =>
    createKey({ scope, organizations: [...organizations] });
  const key = await keyOf('integration:read integration:write gateway:admin');
  return {
    gateway,
    receiver,
    browser,
    key,
    createKey: keyOf,
    call: (path, request = {}) =>
      gateway.request(path.startsWith('/v1/') ? path : `/api/v1/integration${path}`, {
        target: 'integration',
        ...request,
        headers: { Authorization: basicHeader(key.api_key, key.secret_key), ...request.headers },
      }),
    visit: async (options = english) =>
      openPage(await browser.newContext({ reducedMotion: 'reduce', ...options }), gateway, key, options),
    async close() {
      await browser.close();
      await gateway.close();
      await receiver.close();
    },
  };
}

async function openPage(
  context: BrowserContext,
  gateway: TestGateway,
  key: IssuedApiKey,
  options: BrowserContextOptions,
): Promise<Visit> {
  const text = words[options.locale === 'tr-TR' ? 'tr-TR' : 'en-GB'];
  context.setDefaultTimeout(patient(timeoutMs));
  await context.addInitScript({ content: reportViolations });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(`${page.url()} ${error}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${page.url()} ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`${page.url()} opened a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const visit: Visit = {
    page,
    context,
    complaints,
    requests,
    async open(path) {
      await page.goto(`${gateway.url}/console${path}`);
    },
    async signIn(other) {
      await visit.field(text.name).fill(other?.api_key ?? email);
      await visit.field(text.secret).fill((other ?? key).secret_key);
      await visit.button(text.signIn).click();
      await visit.button(text.signOut).waitFor();
    },
    async go(link) {
      await page.getByRole('navigation').getByRole('link', { name: link, exact: true }).click();
      await page.getByRole('heading', { level: 1, name: link, exact: true }).waitFor();
    },
    button: (name, within) => (within ?? page).getByRole('button', { name, exact: true }),
    field: (label, within) => (within ?? page).getByLabel(label, { exact: true }),
    row: (content) => page.getByRole('row').filter({ hasText: content }),
    dialog: (name) => page.getByRole('dialog', { name, exact: true }),
    question: (name) => page.getByRole('alertdialog', { name, exact: true }),
    sees: (content, within) => (within ?? page).getByText(content).first().waitFor(),
    async leave(isExpected = () => false) {
      await context.close();
      assert.deepEqual(
        complaints.filter((each) => !isExpected(each)),
        [],
      );
    },
  };
  return visit;
}

/** Runs in the page before its own scripts. */
const reportViolations = `document.addEventListener('securitypolicyviolation', (report) =>
  console.error('policy:', report.violatedDirective, report.blockedURI, report.sample));`;

/**
 * Makes tests of which each goes on where the one before it ended: after a failure, the others fail at once instead of waiting for what
 * cannot come.
 */
export function inOrder(): (name: string, step: () => Promise<void>) => void {
  let failed: string | undefined;
  return (name, step) =>
    void test(name, async () => {
      assert.equal(failed, undefined, 'an earlier step has failed');
      failed = name;
      await step();
      failed = undefined;
    });
}
