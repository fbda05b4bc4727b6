import type { Knex } from '../../../src/plugin.ts';
import { formatMicros } from '../apigee/apigee-dates.ts';
import { alreadyExists, mintError } from '../apigee/apigee-errors.ts';
import type { RatePlan } from './rate-plan.ts';
import { createRatePlanRepository } from './rate-plan-repository.ts';
import type { RevisionInput } from './rate-plan-schemas.ts';

const mostNumber = 100;

/** An unpublished copy of a published plan, without an end; `time` in microseconds. Throws `mint.ratePlanNotPublished`. */
export async function newRevision(
  trx: Knex,
  parent: RatePlan,
  { id, name }: Pick<RevisionInput, 'id' | 'name'>,
  time: number,
): Promise<RatePlan> {
  if (!parent.published)
    throw mintError(400, 'ratePlanNotPublished', `Rate plan [${parent.id}] is not published`, [
      { name: 'ratePlanId', value: parent.id },
    ]);
  return {
    ...parent,
    // Clients that copy the parent also send its id.
    id: id && id !== parent.id ? id : await freeId(trx, parent),
    name: name ?? parent.name,
    published: false,
    endAt: undefined,
    parentId: parent.id,
    createdAt: time,
    updatedAt: time,
  };
}

/** `<plan>_2`, `<plan>_3` and so on, for revisions of revisions too. */
async function freeId(trx: Knex, { organization, id, parentId }: RatePlan): Promise<string> {
  const base = parentId === undefined ? id : id.replace(/_\d+$/, '');
  const plans = createRatePlanRepository(trx);
  for (let number = 2; number <= mostNumber; number += 1)
    if (!(await plans.find(organization, `${base}_${number}`))) return `${base}_${number}`;
  throw alreadyExists('RatePlan', `${base}_${mostNumber}`);
}

/** Throws `mint.startDateNotLaterThanParentStartDate`. */
export function checkRevision(revision: RatePlan, parent: RatePlan): void {
  if (revision.startAt > parent.startAt) return;
  throw mintError(
    400,
    'startDateNotLaterThanParentStartDate',
    'The start date of a revision must be later than the start date of its parent',
    [
      { name: 'startDate', value: formatMicros(revision.startAt) },
      { name: 'parentStartDate', value: formatMicros(parent.startAt) },
    ],
  );
}

/** Ends the parent when its published revision starts, unless it ends before. The caller has locked the parent. */
export async function endParent(trx: Knex, parent: RatePlan, { startAt }: RatePlan, time: number): Promise<void> {
  if (parent.endAt !== undefined && parent.endAt <= startAt) return;
  await createRatePlanRepository(trx).update({ ...parent, endAt: startAt, updatedAt: time });
}
