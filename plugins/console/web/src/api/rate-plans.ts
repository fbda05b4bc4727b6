import { useQueryClient } from '@tanstack/react-query';
import type { components } from 'hookgate/client';
import { useApi } from './api.tsx';
import { type List, useWholeList } from './list-pages.ts';

export type Package = components['schemas']['Package'];
export type PackageInput = components['schemas']['PackageInput'];
export type RatePlan = components['schemas']['RatePlan'];
export type RatePlanInput = components['schemas']['RatePlanInput'];
export type RatePlanChange = components['schemas']['RatePlanChange'];

const size = 500;

/** All packages, by id. */
export function usePackages(): List<Package> {
  const { client, organization } = useApi();
  return useWholeList([organization, 'packages'], async (page, signal) => {
    const answer = await client.call('listPackages', {
      params: { path: { org_name: organization }, query: { page, size } },
      signal,
    });
    return { items: answer.monetizationPackage, total: answer.totalRecords };
  });
}

/** The rate plans of all packages, by id. */
export function useRatePlans(): List<RatePlan> {
  const { client, organization } = useApi();
  return useWholeList([organization, 'rate-plans'], async (page, signal) => {
    const answer = await client.call('listRatePlans', {
      params: { path: { org_name: organization }, query: { page, size } },
      signal,
    });
    return { items: answer.ratePlan, total: answer.totalRecords };
  });
}

/** Months of a billing cycle of an adjustable notification plan; undefined for other plans. */
export function cycleMonthsOf({ ratePlanDetails }: Pick<RatePlan, 'ratePlanDetails'>): number | undefined {
  const [detail] = ratePlanDetails;
  return detail?.type === 'USAGE_TARGET' ? Number(detail.duration) : undefined;
}

/** Changes of packages and plans. Each resolves when the lists are up to date. */
export function usePlanChanges() {
  const { client, organization } = useApi();
  const cache = useQueryClient();
  const changed = (list: 'packages' | 'rate-plans') => cache.invalidateQueries({ queryKey: [organization, list] });
  const ofPackage = (id: string) => ({ org_name: organization, package_id: id });
  const ofPlan = ({ id, monetizationPackage }: RatePlan) => ({ ...ofPackage(monetizationPackage.id), plan_id: id });
  return {
    async createPackage(body: PackageInput): Promise<void> {
      await client.call('createPackage', { params: { path: { org_name: organization } }, body });
      await changed('packages');
    },
    async deletePackage({ id }: Package): Promise<void> {
      await client.call('deletePackage', { params: { path: ofPackage(id) } });
      await changed('packages');
    },
    async createPlan(packageId: string, body: RatePlanInput): Promise<void> {
      await client.call('createRatePlan', { params: { path: ofPackage(packageId) }, body });
      await changed('rate-plans');
    },
    async updatePlan(plan: RatePlan, body: RatePlanChange): Promise<void> {
      await client.call('updateRatePlan', { params: { path: ofPlan(plan) }, body });
      await changed('rate-plans');
    },
    async deletePlan(plan: RatePlan): Promise<void> {
      await client.call('deleteRatePlan', { params: { path: ofPlan(plan) } });
      await changed('rate-plans');
    },
  };
}
