import { type Attack, judge, perform } from './attack.ts';
import type { Lab } from './lab.ts';
import { judgeAnswer, type OddAnswer, provoke } from './odd-answer.ts';

/** One thing that a gateway does right or wrong. */
export interface Check {
  readonly name: string;
  /** Resolves to what was seen, in a few words. Throws what is wrong, or `Skipped`. */
  run(lab: Lab): Promise<string>;
}

export interface Section {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** It cannot be told here whether it is right or wrong. */
export class Skipped extends Error {}

export const toCheck = (attack: Attack): Check => ({
  name: attack.name,
  run: async (lab) => {
    const outcome = await perform(attack, lab);
    requireNone(judge(attack, outcome));
    if (outcome.arrived.length > 0) return 'passed on';
    const [answer] = outcome.conversation.answers;
    return answer ? `refused with ${answer.status}` : 'cut off';
  },
});

export const toAnswerCheck = (answer: OddAnswer): Check => ({
  name: answer.name,
  run: async (lab) => {
    const conversation = await provoke(answer, lab);
    requireNone(judgeAnswer(answer, conversation));
    const [seen] = conversation.answers;
    if (!seen) return 'cut off';
    return answer.passes?.status === seen.status ? 'passed on' : `answered with ${seen.status}`;
  },
});

function requireNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('; '));
}

/** Throws unless both are the same. */
export function demand(what: string, seen: unknown, wanted: unknown): void {
  if (seen !== wanted) throw new Error(`${what}: ${JSON.stringify(seen)} in place of ${JSON.stringify(wanted)}`);
}

export interface Finding {
  readonly section: string;
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** What was seen, what is wrong, or why it was skipped. */
  readonly note: string;
}

/** Runs them one after the other; `onFinding` is told of each as it is found. */
export async function runSections(
  sections: readonly Section[],
  lab: Lab,
  onFinding: (finding: Finding) => void = () => {},
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { title: section, checks } of sections) {
    for (const check of checks) {
      const finding = { section, name: check.name, ...(await runCheck(check, lab)) };
      findings.push(finding);
      onFinding(finding);
    }
  }
  return findings;
}

async function runCheck(check: Check, lab: Lab): Promise<Pick<Finding, 'result' | 'note'>> {
  try {
    return { result: 'passed', note: await check.run(lab) };
  } catch (error) {
    const { message } = error as Error;
    return { result: error instanceof Skipped ? 'skipped' : 'failed', note: message };
  }
}
