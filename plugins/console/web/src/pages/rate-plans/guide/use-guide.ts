import { useConditions } from '../../../api/conditions.ts';
import { useDevelopers } from '../../../api/developers.ts';
import { useProducts } from '../../../api/products.ts';
import { usePackages, useRatePlans } from '../../../api/rate-plans.ts';
import { useHasSubscription } from '../../../api/subscriptions.ts';
import { useHasWebhook } from '../../../api/webhook-choice.ts';
import { doneSteps, type GuideFacts, type Step, steps } from './guide-steps.ts';

const mostDevelopers = 20;

/** The steps that are done; undefined while it is not known, or if it cannot be. */
export function useGuide(): { done: ReadonlySet<Step>; facts: GuideFacts } | undefined {
  const [products, packages, plans, conditions] = [useProducts(), usePackages(), useRatePlans(), useConditions()];
  const developers = useDevelopers();
  const hasWebhook = useHasWebhook(true);
  const emails = (developers.items ?? []).slice(0, mostDevelopers).map(({ email }) => email);
  const hasSubscription = useHasSubscription(emails, emails.length > 0);
  if (!products.items || !packages.items || !plans.items || !conditions.items || !developers.items) return undefined;
  if (hasWebhook === undefined || (emails.length > 0 && hasSubscription === undefined)) return undefined;
  const facts: GuideFacts = {
    hasProduct: products.items.length > 0,
    packages: packages.items,
    plans: plans.items,
    conditions: conditions.items,
    hasWebhook,
    hasDeveloper: developers.items.length > 0,
    hasSubscription: hasSubscription ?? false,
  };
  return { done: doneSteps(facts), facts };
}

/** The first step that is missing. */
export const nextStep = (done: ReadonlySet<Step>): Step | undefined => steps.find((step) => !done.has(step));
