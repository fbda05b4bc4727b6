import { type JSX, useId, useState } from 'react';
import * as m from '../../../texts/messages.js';
import { classes } from '../../../ui/classes.ts';
import { Icon } from '../../../ui/icon.tsx';
import { GuideAction, GuideDialog } from './guide-action.tsx';
import { type Step, steps } from './guide-steps.ts';
import { nextStep, useGuide } from './use-guide.ts';

const texts: Readonly<Record<Step, { readonly title: () => string; readonly hint: () => string }>> = {
  product: { title: m.rate_plans_guide_product, hint: m.rate_plans_guide_product_hint },
  package: { title: m.rate_plans_guide_package, hint: m.rate_plans_guide_package_hint },
  plan: { title: m.rate_plans_guide_plan, hint: m.rate_plans_guide_plan_hint },
  publish: { title: m.rate_plans_guide_publish, hint: m.rate_plans_guide_publish_hint },
  webhook: { title: m.rate_plans_guide_webhook, hint: m.rate_plans_guide_webhook_hint },
  notification: { title: m.rate_plans_guide_notification, hint: m.rate_plans_guide_notification_hint },
  developer: { title: m.rate_plans_guide_developer, hint: m.rate_plans_guide_developer_hint },
  subscription: { title: m.rate_plans_guide_subscription, hint: m.rate_plans_guide_subscription_hint },
};

/** The way to the first callback, until every step is done. */
export function Guide(): JSX.Element | null {
  const id = useId();
  const guide = useGuide();
  const [open, setOpen] = useState<Step>();
  const next = guide && nextStep(guide.done);
  return (
    <>
      {guide && next && (
        <section aria-labelledby={id} className="mb-6 rounded-lg border border-line bg-panel px-4 py-3">
          <h2 id={id} className="font-semibold">
            {m.rate_plans_guide()}
          </h2>
          <p className="text-sm text-muted">
            {m.rate_plans_guide_progress({ done: guide.done.size, all: steps.length })}
          </p>
          <ol className="mt-2 columns-1 gap-x-8 md:columns-2">
            {steps.map((step) => (
              <Entry key={step} step={step} isDone={guide.done.has(step)} isNext={step === next} />
            ))}
          </ol>
          <div className="mt-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-line pt-3">
            <p id={`${id}-next`}>
              <span className="font-medium">{texts[next].title()}.</span>{' '}
              <span className="text-muted">{texts[next].hint()}</span>
            </p>
            <GuideAction step={next} describedBy={`${id}-next`} onOpen={setOpen} />
          </div>
        </section>
      )}
      {open && guide && <GuideDialog step={open} facts={guide.facts} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function Entry({ step, isDone, isNext }: { step: Step; isDone: boolean; isNext: boolean }): JSX.Element {
  return (
    <li aria-current={isNext ? 'step' : undefined} className="flex break-inside-avoid items-center gap-2.5 py-1">
      <Mark isDone={isDone} isNext={isNext} number={steps.indexOf(step) + 1} />
      <span className={isNext ? 'font-medium' : 'text-muted'}>
        {texts[step].title()}
        {isDone && <span className="sr-only"> ({m.rate_plans_guide_done()})</span>}
      </span>
    </li>
  );
}

function Mark({ isDone, isNext, number }: { isDone: boolean; isNext: boolean; number: number }): JSX.Element {
  return (
    <span
      aria-hidden="true"
      className={classes(
        'inline-flex size-6 shrink-0 items-center justify-center rounded-full text-sm tabular-nums',
        isDone && 'text-accent',
        isNext && 'bg-accent text-on-accent',
        !isDone && !isNext && 'bg-sunken text-muted',
      )}
    >
      {isDone ? <Icon name="check" /> : number}
    </span>
  );
}
