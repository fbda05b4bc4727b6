interface Developer {
  readonly email: string;
  readonly apps: readonly string[];
}

interface Plan {
  readonly id: string;
  readonly displayName: string;
  readonly published: boolean;
  readonly monetizationPackage: { readonly id: string };
  readonly ratePlanDetails: readonly Readonly<Record<string, unknown>>[];
}

interface Product {
  readonly name: string;
  readonly displayName: string;
}

interface Package {
  readonly id: string;
  readonly product: readonly { readonly id: string; readonly displayName: string }[];
}

export interface TestSubjects {
  readonly developers: readonly Developer[];
  readonly plans: readonly Plan[];
  readonly products: readonly Product[];
  readonly packages: readonly Package[];
}

export interface Choice {
  readonly id: string;
  readonly text: string;
}

export interface TestChoices {
  readonly developers: readonly Choice[];
  readonly plans: readonly Choice[];
  productsOf(plan: string): readonly Choice[];
  applicationsOf(developer: string): readonly string[];
  readonly missing: readonly ('developer' | 'plan' | 'product')[];
}

/** A callback needs a target, which only these plans have. */
const isAdjustable = ({ ratePlanDetails }: Plan): boolean =>
  ratePlanDetails.some(({ type, meteringType }) => type === 'USAGE_TARGET' && meteringType === 'DEV_SPECIFIC');

/** The subjects to choose from: published plans first; of a plan's package the products, where it has some. */
export function testChoices({ developers, plans, products, packages }: TestSubjects): TestChoices {
  const adjustable = plans.filter(isAdjustable).sort((one, other) => Number(other.published) - Number(one.published));
  const all = products.map(({ name, displayName }) => ({ id: name, text: displayName }));
  const missing = [
    ...(developers.length === 0 ? (['developer'] as const) : []),
    ...(adjustable.length === 0 ? (['plan'] as const) : []),
    ...(products.length === 0 ? (['product'] as const) : []),
  ];
  return {
    developers: developers.map(({ email }) => ({ id: email, text: email })),
    plans: adjustable.map(({ id, displayName }) => ({ id, text: displayName })),
    productsOf(plan) {
      const bundle = plans.find(({ id }) => id === plan)?.monetizationPackage.id;
      const own = packages.find(({ id }) => id === bundle)?.product ?? [];
      return own.length === 0 ? all : own.map(({ id, displayName }) => ({ id, text: displayName }));
    },
    applicationsOf: (developer) => developers.find(({ email }) => email === developer)?.apps ?? [],
    missing,
  };
}
