import type { JSX } from 'react';
import { useLocation } from 'wouter';
import * as m from '../../../texts/messages.js';
import { Button } from '../../../ui/button.tsx';
import { DeveloperDialogs } from '../developers/developer-dialogs.tsx';
import { paths } from '../paths.ts';
import { type PlanDialog, PlanDialogs } from '../plans/plan-dialogs.tsx';
import { ProductDialogs } from '../products/product-dialogs.tsx';
import { adjustablePlans, type GuideFacts, type Step } from './guide-steps.ts';

/** The way to do the next step. */
export function GuideAction({
  step,
  describedBy,
  onOpen,
}: {
  step: Step;
  /** Id of the text about the step. */
  describedBy: string;
  onOpen: (step: Step) => void;
}): JSX.Element {
  const [, navigate] = useLocation();
  return (
    <Button
      look="primary"
      aria-describedby={describedBy}
      onClick={() => (step === 'webhook' ? navigate('/webhooks') : onOpen(step))}
    >
      {m.rate_plans_guide_go()}
    </Button>
  );
}

/** The dialog of a step. */
export function GuideDialog({
  step,
  facts,
  onClose,
}: {
  step: Step;
  facts: GuideFacts;
  onClose: () => void;
}): JSX.Element | null {
  const [, navigate] = useLocation();
  const showDeveloper = (email: string): void => navigate(paths.developer(email));
  if (step === 'product') return <ProductDialogs dialog={{ kind: 'new' }} onClose={onClose} />;
  if (step === 'developer')
    return <DeveloperDialogs dialog={{ kind: 'new' }} onClose={onClose} onMade={showDeveloper} />;
  if (step === 'subscription')
    return <DeveloperDialogs dialog={{ kind: 'new-subscription' }} onClose={onClose} onMade={showDeveloper} />;
  const dialog = planDialogOf(step, facts);
  return dialog ? <PlanDialogs dialog={dialog} onClose={onClose} /> : null;
}

function planDialogOf(step: Step, { packages, plans }: GuideFacts): PlanDialog | undefined {
  const adjustable = adjustablePlans(plans);
  const packageId = packages.find(({ product }) => product.length > 0)?.id;
  const draft = adjustable.find(({ published }) => !published);
  const published = adjustable.find((plan) => plan.published);
  switch (step) {
    case 'package':
      return { kind: 'new-package' };
    case 'plan':
      return { kind: 'new-plan', ...(packageId === undefined ? {} : { packageId }) };
    case 'publish':
      return draft && { kind: 'publish', plan: draft };
    case 'notification':
      return published && { kind: 'notify', plan: published };
    default:
      return undefined;
  }
}
