import type { JSX } from 'react';
import { Route, Switch } from 'wouter';
import { useApi } from '../../api/api.tsx';
import * as m from '../../texts/messages.js';
import { PageHeader } from '../../ui/page-header.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { DeveloperPage } from './developers/developer-page.tsx';
import { DevelopersTab } from './developers/developers-tab.tsx';
import { Guide } from './guide/guide.tsx';
import { emailOf, paths } from './paths.ts';
import { PlansTab } from './plans/plans-tab.tsx';
import { ProductsTab } from './products/products-tab.tsx';

export default function RatePlansPage(): JSX.Element {
  const mayWrite = useApi().may('integration:write');
  return (
    <>
      <PageHeader title={m.nav_rate_plans()} lead={m.rate_plans_lead()} />
      {mayWrite && <Guide />}
      <Tabs
        label={m.nav_rate_plans()}
        parts={[
          { path: paths.plans, title: m.rate_plans_tab_plans() },
          { path: paths.developers, title: m.rate_plans_tab_developers() },
          { path: paths.products, title: m.rate_plans_tab_products() },
        ]}
      />
      <Switch>
        <Route path={`${paths.developers}/:email`}>
          {({ email }) => <DeveloperPage key={email} email={emailOf(email)} />}
        </Route>
        <Route path={paths.developers}>
          <DevelopersTab />
        </Route>
        <Route path={paths.products}>
          <ProductsTab />
        </Route>
        <Route>
          <PlansTab />
        </Route>
      </Switch>
    </>
  );
}
