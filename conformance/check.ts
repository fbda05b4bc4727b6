import { type Attack, judge, perform } from './attack.ts';
import type { Lab } from './lab.ts';
import { judgeAnswer, type OddAnswer, provoke } from './odd-answer.ts';

/** A single check of a gateway. */
export interface Check {
  readonly name: string;
  /** Resolves to a short note of what was observed. Rejects with the problem, or with `Skipped`. */
  run(lab: Lab): Promise<string>;
}

export interface Section {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** The check cannot be decided in this setup. */
export class Skipped extends Error {}

export const toCheck = (attack: Attack): Check => ({
  name: attack.name,
  run: async (lab) => {
    const outcome = await perform(attack, lab);
    requireNone(judge(attack, outcome));
    if (outcome.arrived.length > 0) return 'passed on';
    const [answer] = outcome.conversation.answers;
    return answer ? `refused with ${answer.status}` : 'disconnected';
  },
});

export const toAnswerCheck = (answer: OddAnswer): Check => ({
  name: answer.name,
  run: async (lab) => {
    const conversation = await provoke(answer, lab);
    requireNone(judgeAnswer(answer, conversation));
    const [seen] = conversation.answers;
    if (!seen) return 'broken off';
    return answer.passes?.status === seen.status ? 'passed on' : `answered with ${seen.status}`;
  },
});

function requireNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('; '));
}

/** Throws unless both values are identical. */
export function demand(what: string, seen: unknown, wanted: unknown): void {
  if (seen !== wanted) throw new Error(`${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
}

export interface Finding {
  readonly section: string;
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** The observation, the problem, or the reason for skipping. */
  readonly note: string;
}

/** Runs the checks one after the other; `onFinding` is called after each. */
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
