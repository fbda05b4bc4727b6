import { useMutation, useQuery } from '@tanstack/react-query';
import { useApi } from './api.tsx';
import { expanded } from './list-pages.ts';

/** The largest page of a list. */
export const mostChoices = 1000;

export interface TestSubject {
  readonly developer: string;
  readonly plan: string;
  readonly product: string;
  readonly application: string;
  /** Percentage of the target. */
  readonly percent: number;
}

/** All that a test call may be about. */
export function useTestSubjects() {
  const { client, organization: org_name } = useApi();
  const params = { path: { org_name }, query: { size: mostChoices } };
  const whole = { ...params, query: { ...params.query, expand: true } };
  return useQuery({
    queryKey: [org_name, 'test-subjects'],
    queryFn: async () => {
      const [developers, plans, products, packages] = await Promise.all([
        client.call('listDevelopers', { params: whole }),
        client.call('listRatePlans', { params }),
        client.call('listProducts', { params: whole }),
        client.call('listPackages', { params }),
      ]);
      return {
        developers: expanded(developers).developer,
        plans: plans.ratePlan,
        products: expanded(products).apiProduct,
        packages: packages.monetizationPackage,
      };
    },
  });
}

/** Sends a test call; resolves to its delivery. */
export function useSendTest(webhook: string) {
  const { client, organization: org_name } = useApi();
  return useMutation({
    mutationFn: ({ developer, plan, product, application, percent }: TestSubject) =>
      client.call('sendWebhookTestCall', {
        params: {
          path: {
            org_name,
            id: webhook,
            developer_email: developer,
            app_id: application,
            product_id: product,
            rateplan_id: plan,
          },
        },
        body: {
          eventTriggerReason: 'RATEPLANQUOTAUSAGE',
          properties: [{ key: 'quotaPercentUsed', value: String(percent) }],
        },
      }),
  });
}

const askAgainMs = 500;

/** A delivery, asked for again until it is settled. */
export function useSettledDelivery(id: string) {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: [organization, 'delivery', id, 'settled'],
    queryFn: () => client.call('getDelivery', { params: { path: { id } } }),
    refetchInterval: ({ state: { data } }) =>
      data === undefined || data.status === 'pending' || data.status === 'in_flight' ? askAgainMs : false,
  });
}
