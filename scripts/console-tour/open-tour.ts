import type { Browser, BrowserContext, Page } from 'playwright-core';
import { authentication } from '../../plugins/authentication/index.ts';
import { createApiKeyService } from '../../plugins/authentication/keys/api-key-service.ts';
import { console as consolePages } from '../../plugins/console/index.ts';
import { integration } from '../../plugins/integration/index.ts';
import { createReleases } from '../../src/lifecycle/releases.ts';
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts';
import { launch } from './browser.ts';
import { type Call, callerOf, demonstrate, organization, type Receivers, startReceivers } from './demonstration.ts';
import { type Language, readTexts, type Texts } from './texts.ts';

/** A gateway with demonstration data, and a browser for its console. */
export interface Tour {
  readonly gateway: TestGateway;
  readonly receivers: Receivers;
  readonly browser: Browser;
  readonly call: Call;
  /** Opens a page that is not signed in. With `disguised`, answers have public hosts in place of the receivers. */
  visit(language: Language, disguised?: boolean): Promise<Visit>;
  close(): Promise<void>;
}

/** A page of the console in one language. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly language: Language;
  readonly text: Texts;
  /** Calls the API with all scopes. */
  readonly call: Call;
  /** Loads a path below `/console`. */
  load(path: string): Promise<void>;
  /** Goes to a path below `/console` without loading the application again. */
  go(path: string): Promise<void>;
  /** Signs in; `empty`: in an organization without data. */
  signIn(empty?: boolean): Promise<void>;
}

const email = 'joe@example.com';
const emptyOrganization = 'second';
const scope = 'integration:read integration:write gateway:admin';

/** `hours`: length of the demonstrated day. */
export async function openTour({ hours }: { hours: number }): Promise<Tour> {
  const releases = createReleases();
  try {
    const receivers = await startReceivers();
    releases.add(() => receivers.close());
    const gateway = await createTestGateway({
      plugins: [authentication, consolePages, integration],
      targets: {
        billing: { upstreams: [receivers.company.url], prefixes: ['/ws/billing'] },
        catalogue: { upstreams: [receivers.shop.url], prefixes: ['/catalogue'], public: true },
      },
      env: { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8' },
    });
    releases.add(() => gateway.close());
    await demonstrate(gateway, receivers, hours);
    const keys = createApiKeyService({ database: gateway.app.foundation.database, now: gateway.app.foundation.now });
    const key = await keys.create({ email, organizations: [organization, emptyOrganization], scope });
    const browser = await launch();
    releases.add(() => browser.close());
    return {
      gateway,
      receivers,
      browser,
      call: callerOf(gateway),
      visit: async (language, disguised = false) => {
        const context = await browser.newContext({
          locale: language === 'tr' ? 'tr-TR' : 'en-GB',
          timezoneId: 'Europe/Istanbul',
          reducedMotion: 'reduce',
        });
        if (disguised) await disguise(context, receivers);
        return openVisit(gateway, context, language, key.secret_key);
      },
      close: () => releases.run(),
    };
  } catch (error) {
    await releases.run();
    throw error;
  }
}

async function disguise(context: BrowserContext, receivers: Receivers): Promise<void> {
  await context.route(/\/(?:api\/)?v1\//, async (route) => {
    try {
      const response = await route.fetch();
      await route.fulfill({ response, body: receivers.disguise(await response.text()) });
    } catch {
      // The page has gone on, and does not wait for the answer any more.
      await route.abort().catch(() => {});
    }
  });
}

async function openVisit(
  gateway: TestGateway,
  context: BrowserContext,
  language: Language,
  secret: string,
): Promise<Visit> {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const text = readTexts(language);
  const load = async (path: string): Promise<void> => {
    await page.goto(`${gateway.url}/console${path}`);
  };
  return {
    page,
    context,
    language,
    text,
    call: callerOf(gateway),
    load,
    go: async (path) => {
      await page.evaluate(`history.pushState(null, '', ${JSON.stringify(`/console${path}`)})`);
    },
    signIn: async (empty = false) => {
      const name = empty ? emptyOrganization : organization;
      await page.evaluate(`localStorage.setItem('organization', '${name}')`);
      await page.getByLabel(text('sign_in_name'), { exact: true }).fill(email);
      await page.getByLabel(text('sign_in_secret'), { exact: true }).fill(secret);
      await page.getByRole('button', { name: text('sign_in'), exact: true }).click();
      await page.getByRole('button', { name: text('sign_out') }).waitFor();
    },
  };
}
