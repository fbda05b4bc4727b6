import type { Route } from '../../src/plugin.ts';
import type { SecretCatalogParts } from './catalog-parts.ts';
import { createAppKeyRoutes } from './developer-apps/app-key-routes.ts';
import { createAppKeyService } from './developer-apps/app-key-service.ts';
import { createAppRoutes } from './developer-apps/app-routes.ts';
import { createAppService } from './developer-apps/app-service.ts';
import { createOrganizationAppRoutes } from './developer-apps/organization-app-routes.ts';
import { createDeveloperRoutes } from './developers/developer-routes.ts';
import { createDeveloperService } from './developers/developer-service.ts';
import { createMintDeveloperRoutes } from './developers/mint-developer-routes.ts';
import { createPackageRoutes } from './packages/package-routes.ts';
import { createPackageService } from './packages/package-service.ts';
import { createMintProductRoutes } from './products/mint-product-routes.ts';
import { createMintProductService } from './products/mint-product-service.ts';
import { createProductRoutes } from './products/product-routes.ts';
import { createProductService } from './products/product-service.ts';
import { createRatePlanRoutes } from './rate-plans/rate-plan-routes.ts';
import { createRatePlanService } from './rate-plans/rate-plan-service.ts';
import { createRevisionRoutes } from './rate-plans/revision-routes.ts';
import { createRevisionService } from './rate-plans/revision-service.ts';
import { createActivePlanRoutes } from './subscriptions/active-plan-routes.ts';
import { createActivePlanService } from './subscriptions/active-plan-service.ts';
import { createSubscriptionRoutes } from './subscriptions/subscription-routes.ts';
import { createSubscriptionService } from './subscriptions/subscription-service.ts';
import { tagged } from './tags.ts';

/**
 * Routes of the catalog: products are bundled in packages, packages are sold by rate plans, developers subscribe to
 * rate plans.
 */
export function createCatalogRoutes(parts: SecretCatalogParts): Route[] {
  const apps = createAppService(parts);
  return [
    ...tagged('Developers', [
      ...createDeveloperRoutes({ developers: createDeveloperService(parts) }),
      ...createMintDeveloperRoutes(parts),
    ]),
    ...tagged('Products', [
      ...createProductRoutes({ products: createProductService(parts) }),
      ...createMintProductRoutes({ products: createMintProductService(parts) }),
    ]),
    ...tagged('Developer apps', [
      ...createAppRoutes({ apps }),
      ...createAppKeyRoutes({ keys: createAppKeyService(parts) }),
      ...createOrganizationAppRoutes({ apps }),
    ]),
    ...tagged('Packages', createPackageRoutes({ packages: createPackageService(parts) })),
    ...tagged('Rate plans', createRatePlanRoutes({ ratePlans: createRatePlanService(parts) })),
    ...tagged('Rate plans', createRevisionRoutes({ revisions: createRevisionService(parts) })),
    ...tagged('Subscriptions', [
      ...createSubscriptionRoutes({ subscriptions: createSubscriptionService(parts) }),
      ...createActivePlanRoutes({ activePlans: createActivePlanService(parts) }),
    ]),
  ];
}
